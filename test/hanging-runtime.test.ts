import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { Containerd } from "./_support/containerd.ts";
import { HangingRunc } from "./_support/hanging-runc.ts";
import { checkLeaks } from "./_support/leak-check.ts";
import { isReference } from "./_support/runtime-under-test.ts";
import { until } from "./_support/until.ts";

checkLeaks(test);

// containerd's own shim waits for runc, and blocks everything that needs the same lock.
const beyondReference = isReference ? test.serial.skip : test.serial;

let runc: HangingRunc;
let containerd: Containerd;
test.before(async () => {
  runc = new HangingRunc(mkdtempSync(join(tmpdir(), "hanging-runc-")));
  containerd = await Containerd.start({ path: [runc.dir] });
});
test.after.always(async () => {
  try {
    await containerd?.[Symbol.asyncDispose]();
  } finally {
    rmSync(runc.dir, { recursive: true });
  }
});

beyondReference("ctr run – runc create hangs, Ctrl-C – what hung is ended, the same id works", async (t) => {
  runc.hang("ctrl-c", "create");
  const ctr = containerd.spawnCtr(...containerd.runArgs("ctrl-c", ["/bin/true"], { flags: ["--rm"] }));
  const pid = await runc.reached("ctrl-c", "create");
  ctr.kill("SIGINT");
  await runc.ended(pid);
  runc.mend("ctrl-c", "create");
  await until(() => ctr.exitCode !== null || ctr.signalCode !== null, "ctr has ended");
  // containerd may still be executing a call that ctr no longer waits for.
  await until(async () => {
    await containerd.ctr("container", "delete", "ctrl-c");
    return (await containerd.run("ctrl-c", ["/bin/sh", "-c", "exit 7"])).status === 7;
  }, "the same id works");
  t.is(await containerd.task("ctrl-c"), undefined);
});

beyondReference("ctr – runc hangs, a timeout – a clear error, the task continues", async (t) => {
  await containerd.runDetached("slow", ["/bin/sleep", "1000"]);
  runc.hang("slow", "pause");
  const { status, stderr } = await containerd.ctr("--timeout", "2s", "task", "pause", "slow");
  t.is(status, 1);
  t.regex(stderr, /context deadline exceeded/);
  await runc.ended(await runc.reached("slow", "pause"));
  runc.mend("slow", "pause");
  await until(async () => (await containerd.task("slow"))?.status === "RUNNING", "it runs again");
  await containerd.ctrOk("task", "pause", "slow");
  await containerd.ctrOk("task", "resume", "slow");
});
