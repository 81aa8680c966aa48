import test from "ava";
import { hideEnvironment } from "../../../src/hooks/event/environment.ts";

test("hideEnvironment – lists env – hold names alone, in the process and in OCI hooks; nothing else changes", (t) => {
  const event = {
    process: { env: ["A=1=2", "B", "C="], args: ["A=1"] },
    hooks: { prestart: [{ path: "/h", env: ["T=hush"] }] },
    annotations: JSON.parse('{"__proto__":"p","env":"A=1"}'),
    limit: 9_223_372_036_854_775_807n,
  };
  const hidden = hideEnvironment(event);
  t.deepEqual(hidden.process, { env: ["A=***", "B=***", "C=***"], args: ["A=1"] });
  t.deepEqual(hidden.hooks.prestart[0]?.env, ["T=***"]);
  t.deepEqual(Object.entries(hidden.annotations), [
    ["__proto__", "p"],
    ["env", "A=1"],
  ]);
  t.is(hidden.limit, event.limit);
  t.is(event.process.env[0], "A=1=2");
});
