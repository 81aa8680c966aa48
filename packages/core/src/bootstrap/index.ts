export { type Adapters, toProgram } from "./composition/program.ts";
export type { Program } from "./context.ts";
export { main } from "./main.ts";
export { readBuild } from "./surroundings.ts";
export { version } from "./version.ts";
