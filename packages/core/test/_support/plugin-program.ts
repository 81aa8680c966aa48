// The program of a test's isolated plugins: core without adapters. It runs with the product's environment, so it
// enables the compile cache itself.
import { enableCompileCache, flushCompileCache } from "node:module";
import { compileCache } from "./compile-cache.ts";

enableCompileCache(compileCache);
process.once("exit", () => flushCompileCache());
const { endProcess, main, toProgram } = await import("../../src/bootstrap/index.ts");
void main(process.argv.slice(2), process.env, toProgram({})).then(endProcess);
