import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { wire } from "../packages/core/src/proto/gen/wire.js";
import { Containerd } from "./_support/containerd.ts";
import { checkLeaks } from "./_support/leak-check.ts";
import { findCgroups } from "./_support/proc.ts";
import { connectShim, exitStatus, refusal } from "./_support/task-client.ts";
import { until } from "./_support/until.ts";

checkLeaks(test);

let containerd: Containerd;
test.before(async () => {
  containerd = await Containerd.start();
});
test.after.always(() => containerd[Symbol.asyncDispose]());

test("ctr task pause, resume – the container stands still, then continues", async (t) => {
  await containerd.runDetached("frozen", ["/bin/sleep", "1000"]);
  await containerd.ctrOk("task", "pause", "frozen");
  t.is((await containerd.task("frozen"))?.status, "PAUSED");
  t.regex((await containerd.exec("frozen", "x", ["/bin/true"])).stderr, /cannot exec in a paused state/);
  t.regex((await containerd.ctr("task", "pause", "frozen")).stderr, /cannot pause a paused container/);
  await containerd.ctrOk("task", "resume", "frozen");
  t.is((await containerd.task("frozen"))?.status, "RUNNING");
  t.is((await containerd.exec("frozen", "y", ["/bin/true"])).status, 0);
  await containerd.remove("frozen");
});

test("ctr task kill – a paused container – ends it, and nothing stays frozen", async (t) => {
  await containerd.runDetached("cold", ["/bin/sleep", "1000"]);
  await containerd.ctrOk("task", "pause", "cold");
  await containerd.ctrOk("task", "kill", "--signal", "KILL", "cold");
  await containerd.ctr("task", "resume", "cold");
  await until(async () => (await containerd.task("cold"))?.status === "STOPPED", "it has ended");
  t.is(await exitStatus(containerd, "cold"), 137);
  await containerd.remove("cold");
});

test("Task API – Update – changes the limit of a running container; what is wrong is refused", async (t) => {
  await containerd.runDetached("limited", ["/bin/sleep", "1000"]);
  using client = await connectShim(containerd, "limited");
  const update = (resources: string) => {
    const value = Buffer.from(resources);
    const request = wire.UpdateTaskRequest.encode({ id: "limited", resources: { type_url: "any", value } });
    return client.call("Update", request.finish());
  };
  await update('{"pids":{"limit":321}}');
  const limits = findCgroups(`${containerd.namespace}/limited`)
    .map((dir) => join(dir, "pids.max"))
    .filter((file) => existsSync(file))
    .map((file) => readFileSync(file, "utf8").trim());
  t.deepEqual(limits, ["321"]);
  t.is((await refusal(update("[]")))?.code, 3);
  t.like(await refusal(update('{"cpu":{"cpus":"9999"}}')), { code: 2 });
  await containerd.remove("limited");
});
