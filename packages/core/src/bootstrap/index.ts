export type { Program } from "./context.ts";
export { main } from "./main.ts";
export { type Adapters, toProgram } from "./program.ts";
