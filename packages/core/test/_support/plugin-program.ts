// The program of a test's isolated plugins: core without adapters. Its environment is that of the product, so it names the cache itself.
import { enableCompileCache } from "node:module";
import { compileCache } from "./compile-cache.ts";

enableCompileCache(compileCache);
const { main, toProgram } = await import("../../src/bootstrap/index.ts");
void main(process.argv.slice(2), process.env, toProgram({})).then((status) => process.exit(status));
