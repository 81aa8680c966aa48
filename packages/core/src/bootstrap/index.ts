export { type Adapters, toProgram } from "./composition/program.ts";
export { type Config, loadConfig } from "./config/config.ts";
export { ConfigError } from "./config/config-error.ts";
export { type KeyLines, lineOf, tomlKeys } from "./config/toml-lines.ts";
export type { Program } from "./context.ts";
export { main } from "./main.ts";
export { configPath, readBuild } from "./surroundings.ts";
export { version } from "./version.ts";
