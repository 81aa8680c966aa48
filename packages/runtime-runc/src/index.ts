import { defineRuntime, OciRuntime, type RuntimeFactory } from "@dunnage/core";
import { runcDialect } from "./runc-runtime.ts";

/** The adapter: containers by runc. */
const runc: RuntimeFactory = defineRuntime((deps) => new OciRuntime(runcDialect, deps));

export default runc;
export { runcDialect };
