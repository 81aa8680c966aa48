import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { openTasks, type TaskFixture } from "../_support/task-fixture.ts";
import { until } from "../_support/until.ts";

const signal = new AbortController().signal;

/** Makes a container that has exited; returns its bundle. */
async function ended(f: TaskFixture, id: string): Promise<string> {
  const pid = await f.create(id);
  await f.tasks.start(id, "", signal);
  f.reaper.exit(pid, 7);
  await f.tasks.process(id, "").wait(signal);
  await f.tasks.container(id).ending.forgetting;
  return f.tasks.container(id).ref.bundle;
}

test("bundle – removed long after the end of the container – the daemon forgets the container", async (t) => {
  using f = openTasks({ abandonedCheckMs: 5 });
  const bundle = await ended(f, "c");
  await f.create("other");
  rmSync(bundle, { recursive: true });
  await until(() => f.tasks.find("c") === undefined);
  t.deepEqual(f.released, ["c"]);
  t.is(f.events.at(-1), "/tasks/delete");
  t.not(f.tasks.find("other"), undefined);
});

test("bundle – removed, and the first Delete fails – the daemon tries it again", async (t) => {
  let failures = 0;
  using f = openTasks({ abandonedCheckMs: 5 });
  f.runtime.onDelete = async () => {
    if (failures++ < 3) throw new Error("the runtime is busy");
  };
  rmSync(await ended(f, "c"), { recursive: true });
  await until(() => f.tasks.find("c") === undefined);
  t.is(failures, 4);
});

test("bundle – another one is in its place – the container is forgotten, the new bundle and the runtime are left alone", async (t) => {
  using f = openTasks({ abandonedCheckMs: 5 });
  const bundle = await ended(f, "c");
  const calls = [...f.runtime.calls];
  mkdirSync(`${bundle}.new`);
  renameSync(bundle, `${bundle}.old`);
  renameSync(`${bundle}.new`, bundle);
  await until(() => f.tasks.find("c") === undefined);
  t.false(existsSync(join(bundle, "dunnage.deleted")));
  t.deepEqual(f.runtime.calls, calls);
});

test("create – the id of a container whose bundle was removed – is not refused, however early it comes", async (t) => {
  using f = openTasks({ abandonedCheckMs: 1_000_000 });
  const bundle = await ended(f, "c");
  renameSync(bundle, `${bundle}.old`);
  await f.create("c");
  t.is(f.tasks.process("c", "").state, "created");
  t.false(existsSync(join(bundle, "dunnage.deleted")));
});

test("create – the id of a container whose bundle is there – AlreadyExists", async (t) => {
  using f = openTasks();
  const bundle = await ended(f, "c");
  writeFileSync(join(bundle, "other"), "");
  await t.throwsAsync(f.create("c"), { message: "container c: already exists" });
});

/**
 * Makes a container that has exited. Its runtime's delete, begun by the exit, hangs until `finish` is called. Its
 * bundle is replaced by another one.
 */
async function replacedInDelete(f: TaskFixture, id: string): Promise<{ finish: () => void }> {
  const { promise, resolve: finish } = Promise.withResolvers<void>();
  f.runtime.onDelete = () => promise;
  const pid = await f.create(id);
  await f.tasks.start(id, "", signal);
  await f.addExec(id, "idle");
  f.reaper.exit(pid, 7);
  await f.tasks.process(id, "").wait(signal);
  const { bundle } = f.tasks.container(id).ref;
  renameSync(bundle, `${bundle}.old`);
  return { finish };
}

test("create – the runtime's delete of the container whose bundle was replaced is in flight – waits for it", async (t) => {
  using f = openTasks({ abandonedCheckMs: 1_000_000 });
  const { finish } = await replacedInDelete(f, "c");
  const exec = f.tasks.process("c", "idle").wait(signal);
  const created = f.create("c");
  await new Promise(setImmediate);
  t.is(f.tasks.process("c", "").state, "stopped");
  finish();
  await created;
  t.deepEqual(f.runtime.calls, ["create", "start", "delete", "create"]);
  t.is(await exec, undefined, "an exec that was never started keeps no waiter");
});

test("create – that delete does not end in time – AlreadyExists, and the container is kept", async (t) => {
  using f = openTasks({ abandonedCheckMs: 1_000_000, abandonedTimeoutMs: 20 });
  const { finish } = await replacedInDelete(f, "c");
  await t.throwsAsync(f.create("c"), { message: "container c: already exists" });
  t.is(f.tasks.process("c", "").state, "stopped");
  finish();
  await f.create("c");
  t.is(f.tasks.process("c", "").state, "created");
});
