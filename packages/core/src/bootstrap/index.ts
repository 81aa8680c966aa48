export { type Adapters, toProgram } from "./composition/program.ts";
export type { Program } from "./context.ts";
export { main } from "./main.ts";
