import { defineRuntime, OciRuntime, type RuntimeFactory } from "@dunnage/core";
import { runcDialect } from "./runc-runtime.ts";

/** The adapter that runs containers with runc. */
const runc: RuntimeFactory = defineRuntime((deps) => new OciRuntime(runcDialect, deps));

export default runc;
export { runcDialect };
