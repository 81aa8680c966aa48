import { writeFileSync } from "node:fs";
import { refusal, TempDir, TestDaemon, TestTask } from "@dunnage/core/testing";
import test from "ava";
import crun from "../src/index.ts";

test.serial("create – cgroups in hybrid mode – the client reads what helps", async (t) => {
  using dir = new TempDir();
  const binary = dir.join("crun");
  const record = '{"msg":"cgroups in hybrid mode not supported, drop all controllers from cgroupv2","level":"error"}';
  const log = "for arg; do case $flag in --log) log=$arg ;; esac; flag=$arg; done";
  writeFileSync(binary, `#!/bin/sh\n${log}\necho '${record}' >>"$log"\nexit 1\n`, { mode: 0o755 });
  await using daemon = await TestDaemon.open({ runtime: crun, binary });
  await using task = new TestTask(daemon);
  t.is(
    (await refusal(task.create()))?.message,
    "OCI runtime create failed: cgroups in hybrid mode not supported, drop all controllers from cgroupv2 " +
      "(mount each controller that /sys/fs/cgroup/unified/cgroup.controllers lists as cgroup v1, " +
      "for example: mkdir -p /sys/fs/cgroup/hugetlb && mount -t cgroup -o hugetlb cgroup /sys/fs/cgroup/hugetlb)",
  );
});

const failures = [
  ["no such program", { args: ["bahs"] }, "executable file `bahs` not found in $PATH: No such file or directory"],
  ["no arguments", { args: [] }, "open executable: Invalid argument"],
] as const;
for (const [what, options, text] of failures) {
  test.serial(`create – ${what} – crun's own words`, async (t) => {
    await using daemon = await TestDaemon.open({ runtime: crun });
    await using task = new TestTask(daemon, options);
    t.is((await refusal(task.create()))?.message, `OCI runtime create failed: ${text}`);
  });
}
