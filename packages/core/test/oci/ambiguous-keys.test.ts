import test from "ava";
import { findAmbiguousKey } from "../../src/oci/ambiguous-keys.ts";

const found = test.macro({
  exec: (t, text: string, path: string | undefined) => t.is(findAmbiguousKey(JSON.parse(text)), path),
  title: (_, text) => `findAmbiguousKey – ${text}`,
});

test(found, '{"process":{"noNewPrivileges":true,"args":["Args"]}}', undefined);
test(found, '{"process":{"args":["a"]},"Process":{"args":["b"]}}', "/Process");
test(found, '{"process":{"noNewprivileges":false}}', "/process/noNewprivileges");
test(found, '{"linux":{"re\u017Fources":{}}}', "/linux/re\u017Fources");
test(found, '{"linux":{"ma\u017F\u212AedPaths":[]}}', "/linux/ma\u017F\u212AedPaths");
test(found, '{"mounts":[{"Source":"/"}]}', "/mounts/0/Source");
test(found, '{"annotations":{"Process":"x","Memory":"y"},"linux":{"sysctl":{"Kernel":"1"}}}', undefined);
test(found, '{"__proto__":{"Process":1}}', "/__proto__/Process");
test(found, '{"linux":{"resources":{"blockIO":{"throttleReadIOPSDevice":[]}},"intelRdt":{"closID":"x"}}}', undefined);
