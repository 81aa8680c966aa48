import test from "ava";
import { fakeRuntime, TestDaemon, TestTask, until } from "../../src/testing/index.ts";

test.serial("TestDaemon – one after the other in one process – each serves", async (t) => {
  for (const exitStatus of [3, 4]) {
    await using daemon = await TestDaemon.open({ runtime: fakeRuntime });
    await using task = new TestTask(daemon, { args: ["sh", "-c", `echo hello; exit ${exitStatus}`] });
    await task.run();
    t.is(await task.wait(), exitStatus);
    await task.streams?.shows("hello\n");
  }
});

test.serial("TestTask – disposed of in any state – is ended and removed", async (t) => {
  await using daemon = await TestDaemon.open({ runtime: fakeRuntime });
  for (const prepare of [
    async () => {},
    (task: TestTask) => task.create(),
    (task: TestTask) => task.run(),
    async (task: TestTask) => {
      await task.run();
      await daemon.client.pause({ id: task.id });
    },
    async (task: TestTask) => {
      await task.run();
      await task.end();
    },
  ]) {
    await using task = new TestTask(daemon);
    await prepare(task);
  }
  t.is(daemon.size, 0);
});

test.serial("TestTask – something is left – is reported, each thing by its name", async (t) => {
  await using daemon = await TestDaemon.open({ runtime: fakeRuntime });
  await using task = new TestTask(daemon);
  await task.run();
  await until(() => /^process \d+ .*sleep 1000/m.test(task.leftovers().join("\n")), "the process is listed");
  t.is(task.leftovers().length, 1);
});
