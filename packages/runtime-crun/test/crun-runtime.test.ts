import { defaultOptions } from "@dunnage/core";
import test from "ava";
import { crunDialect } from "../src/crun-runtime.ts";

test("createArgs – options of the Create request – crun's flags", (t) => {
  t.deepEqual(crunDialect.createArgs?.(defaultOptions), []);
  const options = { ...defaultOptions, noPivotRoot: true, noNewKeyring: true };
  t.deepEqual(crunDialect.createArgs?.(options), ["--no-pivot", "--no-new-keyring"]);
});

const texts = [
  ["error opening file `/run/crun/x/status`: No such file or directory", "absent"],
  ["cannot open directory '/run/crun/x': No such file or directory", "absent"],
  ["kill container: No such process", "stopped"],
  ["open pidfd: No such process", "stopped"],
  ["container `x` is not running", "stopped"],
  ["the container `x` is not running: No such process", "stopped"],
  ["executable file `nope` not found in $PATH: No such file or directory", "neither"],
  ["make `/x/rootfs` private: No such file or directory", "neither"],
  ["send signal to pidfd: Invalid argument", "neither"],
] as const;
for (const [text, expected] of texts) {
  test(`error text – ${text} – ${expected}`, (t) => {
    t.is(crunDialect.isAbsent(text), expected === "absent");
    t.is(crunDialect.isStopped(text), expected === "stopped");
  });
}

test("error text – cgroups in hybrid mode – says what helps", (t) => {
  const msg = "cgroups in hybrid mode not supported, drop all controllers from cgroupv2";
  const text = crunDialect.errorText([{ level: "error", msg }]);
  t.true(text?.startsWith(msg));
  t.true(text?.includes("mount -t cgroup -o hugetlb cgroup /sys/fs/cgroup/hugetlb"), text);
});

test("error text – anything else – crun's own words; none without a record", (t) => {
  t.is(
    crunDialect.errorText([{ level: "error", msg: "container `x` already exists" }]),
    "container `x` already exists",
  );
  t.is(crunDialect.errorText([]), undefined);
});
