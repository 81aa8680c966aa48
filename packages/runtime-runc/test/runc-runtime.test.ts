import { defaultOptions } from "@dunnage/core";
import test from "ava";
import { runcDialect } from "../src/runc-runtime.ts";

test("createArgs – options of the Create request – runc's flags", (t) => {
  t.deepEqual(runcDialect.createArgs?.(defaultOptions), []);
  const options = { ...defaultOptions, noPivotRoot: true, noNewKeyring: true };
  t.deepEqual(runcDialect.createArgs?.(options), ["--no-pivot", "--no-new-keyring"]);
});

test("parsePids – what runc prints for running and stopped containers", (t) => {
  t.deepEqual(runcDialect.parsePids?.("[24071,24092]\n"), [24071, 24092]);
  t.deepEqual(runcDialect.parsePids?.("null\n"), []);
  for (const text of ["", "PID", '["1"]', "{}", "[0]", "[-1]"]) {
    t.throws(() => runcDialect.parsePids?.(text), undefined, text);
  }
});

const texts = [
  ["container does not exist", "absent"],
  ['container "x" does not exist', "absent"],
  ["container not running", "stopped"],
  ["os: process already finished", "stopped"],
  ["unable to signal init: no such process", "stopped"],
  ['exec: "x": executable file not found in $PATH', "neither"],
  ["stat /bin/does not exist: no such file or directory", "neither"],
] as const;
for (const [text, expected] of texts) {
  test(`error text – ${text} – ${expected}`, (t) => {
    t.is(runcDialect.isAbsent(text), expected === "absent");
    t.is(runcDialect.isStopped(text), expected === "stopped");
  });
}
