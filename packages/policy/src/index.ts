export { builtinNames, builtinPlugin } from "./builtin-plugin.ts";
export { policyPlugin } from "./file/policy-plugin.ts";
