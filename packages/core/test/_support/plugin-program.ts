// The program of a test's isolated plugins: core without adapters.
import { main, toProgram } from "../../src/bootstrap/index.ts";

void main(process.argv.slice(2), process.env, toProgram({})).then((status) => process.exit(status));
