import { readFileSync } from "node:fs";
import test from "ava";
import { Containerd } from "./_support/containerd.ts";
import { CtrEvents } from "./_support/ctr-events.ts";
import { checkLeaks } from "./_support/leak-check.ts";
import { allLines, FifoReader, letWrite, lineCount, writeLines } from "./_support/numbered-lines.ts";
import { isAlive } from "./_support/proc.ts";
import { isReference } from "./_support/runtime-under-test.ts";
import { connectShim, exitStatus, TaskClient } from "./_support/task-client.ts";
import { until } from "./_support/until.ts";

checkLeaks(test);

// containerd's own shim discards output that was not read when the container exits.
const beyondReference = isReference ? test.serial.skip : test.serial;

let containerd: Containerd;
test.before(async () => {
  containerd = await Containerd.start();
});
test.after.always(() => containerd[Symbol.asyncDispose]());

const restart = test.macro({
  title: (_, signal: "SIGTERM" | "SIGKILL") =>
    `containerd ended with ${signal} – containers – live on and are found again`,
  exec: async (t, signal: "SIGTERM" | "SIGKILL") => {
    const ids = ["one", "two", "three"].map((name) => `${name}-${signal.toLowerCase()}`);
    for (const id of ids) await containerd.runDetached(id, ["/bin/sleep", "1000"]);
    const before = await Promise.all(ids.map((id) => containerd.task(id)));
    await containerd.stop(signal);
    for (const task of before) t.true(isAlive(task?.pid ?? 0));
    await containerd.restart();
    t.deepEqual(await Promise.all(ids.map((id) => containerd.task(id))), before);
    for (const [index, id] of ids.entries()) {
      t.is((await containerd.exec(id, "after", ["/bin/sh", "-c", `exit ${index + 7}`])).status, index + 7);
      await containerd.ctrOk("task", "kill", "--signal", "KILL", id);
      t.is(await exitStatus(containerd, id), 137);
      await containerd.remove(id);
    }
  },
});
test.serial(restart, "SIGTERM");
test.serial(restart, "SIGKILL");

beyondReference(
  "containerd with another PATH – a new container – gets it; one that lives stays as it is",
  async (t) => {
    const shimOf = async (id: string): Promise<number> => {
      using client = await connectShim(containerd, id);
      return (await client.connect({ id })).shim_pid;
    };
    const pathOf = (pid: number) => /(?:^|\0)PATH=([^\0]*)/.exec(readFileSync(`/proc/${pid}/environ`, "utf8"))?.[1];
    const before = containerd.env["PATH"] ?? "";
    await containerd.runDetached("early", ["/bin/sleep", "1000"]);
    const early = await shimOf("early");
    const pathOfEarly = pathOf(early);
    try {
      containerd.env["PATH"] = `${before}:/opt/acme/bin`;
      await containerd.restart();
      await containerd.runDetached("late", ["/bin/sleep", "1000"]);
      t.is(pathOf(await shimOf("late")), `${pathOfEarly}:/opt/acme/bin`);
      t.is(await shimOf("early"), early);
    } finally {
      containerd.env["PATH"] = before;
      await containerd.restart();
    }
    for (const id of ["early", "late"]) {
      await containerd.ctrOk("task", "kill", "--signal", "KILL", id);
      t.is(await exitStatus(containerd, id), 137);
      await containerd.remove(id);
    }
  },
);

test.serial("containerd killed – a container that fills its pipe, no reader – loses no line and no life", async (t) => {
  await containerd.runDetached("unread", writeLines);
  const pid = (await containerd.task("unread"))?.pid ?? 0;
  const fifo = await FifoReader.openStdout(containerd, "unread");
  fifo[Symbol.dispose](); // there was a reader, and it closed
  letWrite(pid);
  await containerd.kill9();
  t.true(isAlive(pid));
  await containerd.restart();
  t.is((await containerd.task("unread"))?.status, "RUNNING");
  using reader = await FifoReader.openStdout(containerd, "unread");
  await reader.readUntil("all lines", (text) => text.length >= allLines.length);
  t.true(reader.text === allLines, "every line once, in order");
  t.is(await exitStatus(containerd, "unread"), 42);
  await containerd.remove("unread");
});

test.serial("containerd killed – a container that writes, its reader changes – loses no line", async (t) => {
  await containerd.runDetached("read", writeLines);
  const first = await FifoReader.openStdout(containerd, "read");
  letWrite((await containerd.task("read"))?.pid ?? 0);
  await first.readUntil("a quarter of it", (text) => text.length >= allLines.length / 4);
  await containerd.kill9();
  await first.readUntil("half of it", (text) => text.length >= allLines.length / 2);
  first[Symbol.dispose]();
  await containerd.restart();
  using second = await FifoReader.openStdout(containerd, "read");
  await second.readUntil("the rest", (text) => text.length >= allLines.length - first.text.length);
  t.true(first.text + second.text === allLines, `all ${lineCount} lines, across both readers`);
  t.is(await exitStatus(containerd, "read"), 42);
  await containerd.remove("read");
});

test.serial("containerd down – a container that ends meanwhile – its status and its event arrive later", async (t) => {
  await containerd.runDetached("meanwhile", ["/bin/sh", "-c", "until [ -e /go ]; do sleep 0.02; done; exit 23"]);
  const pid = (await containerd.task("meanwhile"))?.pid ?? 0;
  using client = await connectShim(containerd, "meanwhile");
  await containerd.kill9();
  letWrite(pid);
  t.is((await client.wait({ id: "meanwhile" })).exit_status, 23);
  const logged = containerd.log.length;
  await containerd.restart();
  t.is((await containerd.task("meanwhile"))?.status, "STOPPED");
  await until(() => /\/tasks\/exit/.test(containerd.log.slice(logged)), "the exit event is forwarded");
  t.is(await exitStatus(containerd, "meanwhile"), 23);
  await containerd.ctrOk("task", "delete", "meanwhile");
  await containerd.ctrOk("container", "delete", "meanwhile");
});

beyondReference(
  "containerd down – the last lines of a container that ended – are there for a reader that comes later",
  async (t) => {
    await containerd.runDetached("last-lines", [
      "/bin/sh",
      "-c",
      "until [ -e /go ]; do sleep 0.02; done; echo last words",
    ]);
    const address = containerd.shimAddress("last-lines");
    using client = await TaskClient.connect(address);
    const { stdout } = await client.state({ id: "last-lines" });
    letWrite((await containerd.task("last-lines"))?.pid ?? 0);
    await containerd.kill9();
    t.is((await client.wait({ id: "last-lines" })).exit_status, 0);
    await containerd.restart();
    using reader = new FifoReader(stdout);
    await reader.readUntil("the last line", (text) => text === "last words\n");
    await until(() => reader.read(), "the output ends");
    t.is(reader.text, "last words\n");
    await containerd.ctrOk("task", "delete", "last-lines");
    await containerd.ctrOk("container", "delete", "last-lines");
  },
);

test.serial("containerd restarted – new containers – run next to the old ones, with their events", async (t) => {
  await containerd.runDetached("old", ["/bin/sleep", "1000"]);
  await containerd.kill9();
  await containerd.restart();
  await using events = await CtrEvents.open(containerd);
  t.like(await containerd.run("new", ["/bin/sh", "-c", "exit 4"], { flags: ["--rm"] }), { status: 4 });
  await events.next("new", "/tasks/delete");
  await containerd.remove("old");
  t.is((await events.next("old", "/tasks/exit")).fields["exit_status"], 137);
});
