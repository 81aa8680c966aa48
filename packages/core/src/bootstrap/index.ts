// For programs that are a shim: core, plus the runtimes and the plugin schemes that the program brings.
export type { PluginScheme, PluginSchemes } from "../hooks/loader/plugin-scheme.ts";
export { type Adapters, toProgram } from "./composition/program.ts";
export type { Program } from "./context.ts";
export { main } from "./main.ts";
export { endProcess } from "./process/end-process.ts";
