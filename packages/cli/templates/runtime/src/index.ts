import { definePlugin, defineRuntime, OciRuntime } from "@dunnage/core";
import { dialect } from "./dialect.ts";

// A runtime that is no runc-like command line implements `Runtime` itself; `OciRuntime` is for all that are.
export default definePlugin({
  name: "NAME",
  apiVersion: 1,
  runtime: defineRuntime((deps) => new OciRuntime(dialect, deps)),
});
