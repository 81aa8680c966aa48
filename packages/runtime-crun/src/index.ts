import { defineRuntime, OciRuntime, type RuntimeFactory } from "@dunnage/core";
import { crunDialect } from "./crun-runtime.ts";

/** The adapter: containers by crun. */
const crun: RuntimeFactory = defineRuntime((deps) => new OciRuntime(crunDialect, deps));

export default crun;
export { crunDialect };
