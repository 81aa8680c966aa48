export type { OciDialect } from "./oci/dialect.ts";
export { allErrors, type LogRecord, lastError } from "./oci/log-records.ts";
export { OciRuntime } from "./oci/oci-runtime.ts";
export { defineRuntime, type RuntimeDeps, type RuntimeFactory } from "./runtime/define.ts";
export { defaultOptions, type RuntimeOptions } from "./runtime/options.ts";
export type { ContainerRef, Created, CreateRequest, ExecRequest, KillRequest, Runtime } from "./runtime/runtime.ts";
