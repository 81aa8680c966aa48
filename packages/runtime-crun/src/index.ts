import { defineRuntime, OciRuntime, type RuntimeFactory } from "@dunnage/core";
import { crunDialect } from "./crun-runtime.ts";

/** The adapter that runs containers with crun. */
const crun: RuntimeFactory = defineRuntime((deps) => new OciRuntime(crunDialect, deps));

export default crun;
export { crunDialect };
