// For a program that is a shim: core, with the runtimes and the plugin schemes that it brings.
export type { PluginScheme, PluginSchemes } from "../hooks/loading/plugin-scheme.ts";
export { type Adapters, toProgram } from "./composition/program.ts";
export type { Program } from "./context.ts";
export { main } from "./main.ts";
