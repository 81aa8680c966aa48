import { equal, match } from "node:assert/strict";
import { join } from "node:path";
import test from "node:test";
import { fakeRuntime, refusal, TestDaemon, TestTask } from "@dunnage/core/testing";

const use = `module:${join(import.meta.dirname, "../dist/index.js")}`;

/** A daemon as containerd has one, with the plugin and this table `config`; its containers are plain processes. */
const openDaemon = (config: Record<string, unknown>) =>
  TestDaemon.open({ runtime: fakeRuntime, plugins: [{ name: "NAME", use, config }] });

test("a program that is not on the list runs", async () => {
  await using daemon = await openDaemon({ deny: ["nc"] });
  await using task = new TestTask(daemon, { args: ["sh", "-c", "echo hello"] });
  await task.run();
  equal(await task.wait(), 0);
  await task.delete();
  await task.streams?.ended();
  equal(task.streams?.out, "hello\n");
});

test("a program on the list does not start, and the client reads why", async () => {
  await using daemon = await openDaemon({ deny: ["sh"] });
  await using task = new TestTask(daemon, { args: ["sh", "-c", "echo hello"] });
  await task.create();
  match((await refusal(task.start()))?.message ?? "", /denied by NAME at preStart: sh is not allowed here/);
});

test("a configuration with a mistake refuses every container, with the reason", async () => {
  await using daemon = await openDaemon({ dney: [] });
  await using task = new TestTask(daemon, { args: ["sh"] });
  match((await refusal(task.create()))?.message ?? "", /plugin NAME .*its config is not valid: dney: unknown key/);
});
