import { defineRuntime, type RuntimeFactory } from "@dunnage/core";
import { runscConfigSchema } from "./config.ts";
import { RunscRuntime } from "./runsc-runtime.ts";

/** The adapter that runs containers, and pods of containers, in gVisor's sandboxes. */
const runsc: RuntimeFactory = defineRuntime((deps, config) => new RunscRuntime(deps, config), runscConfigSchema);

export default runsc;
