import { definePlugin, defineRuntime, OciRuntime } from "@dunnage/core";
import { dialect } from "./dialect.ts";

// `OciRuntime` is for command lines like runc's. Any other runtime implements `Runtime` itself.
export default definePlugin({
  name: "NAME",
  apiVersion: 1,
  runtime: defineRuntime((deps) => new OciRuntime(dialect, deps)),
});
