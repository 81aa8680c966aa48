import { equal } from "node:assert/strict";
import test from "node:test";
import { TestDaemon, TestTask } from "@dunnage/core/testing";
import plugin from "../src/index.ts";

test("a container of NAME says hello", async () => {
  if (plugin.runtime === undefined) throw new Error("the plugin has no runtime");
  await using daemon = await TestDaemon.open({ runtime: plugin.runtime });
  await using task = new TestTask(daemon, { args: ["sh", "-c", "echo hello; exit 7"] });
  await task.run();
  equal(await task.wait(), 7);
  await task.delete();
  await task.streams?.ended();
  equal(task.streams?.out, "hello\n");
});
