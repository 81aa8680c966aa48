import { Code, StatusError } from "@dunnage/ttrpc";
import test, { type ExecutionContext } from "ava";
import { silentLogger } from "../../src/log/logger.ts";
import { wire } from "../../src/proto/gen/wire.js";
import { readJournal, writeJournal } from "../../src/task/container/journal.ts";
import { cleanUp } from "../../src/task/ending/clean-up.ts";
import { fakeHooks } from "../_support/hooks.ts";
import { FakeRuntime, openTasks, type TaskFixture } from "../_support/task-fixture.ts";

const signal = new AbortController().signal;
const kill = (id: string, number: number) => wire.KillRequest.create({ id, signal: number });
const settle = () => new Promise((resolve) => setImmediate(resolve));

async function rejects(t: ExecutionContext, work: Promise<unknown>, code: Code, message: RegExp): Promise<void> {
  const error = await t.throwsAsync(work, { instanceOf: StatusError, message });
  t.is(error?.code, code);
}

async function stopped(f: TaskFixture): Promise<void> {
  const pid = await f.create("c");
  await f.tasks.start("c", "", signal);
  f.reaper.exit(pid, 0);
  await settle();
}

test("hooks – a denied preStart ends the container, and the client's Delete succeeds", async (t) => {
  const denial = new StatusError(Code.PermissionDenied, "dunnage: denied by policy at preStart: no");
  const hooks = fakeHooks({
    has: (stage: string) => stage === "preStart",
    run: () => Promise.reject(denial),
  });
  using f = openTasks({ hooks });
  const pid = await f.create("c");
  f.runtime.onKill = async () => f.reaper.exit(pid, 137);
  await rejects(t, f.tasks.start("c", "", signal), Code.PermissionDenied, /denied by policy/);
  t.is(f.tasks.process("c", "").state, "stopped");
  t.false(f.runtime.calls.includes("start"));
  await f.tasks.delete("c", "", signal);
  t.deepEqual(f.events, ["/tasks/create", "/tasks/exit c 137", "/tasks/delete"]);
});

test("hooks – postStop runs once after the exit and before the container is deleted, and is journaled", async (t) => {
  const ran: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const hooks = fakeHooks({
    has: (stage: string) => stage === "postStop",
    run: async (stage: string) => {
      ran.push(stage);
      await promise;
    },
  });
  using f = openTasks({ hooks });
  await stopped(f);
  const { bundle } = f.tasks.container("c").ref;
  t.is(readJournal(bundle)?.hooks?.postStop?.done, false);
  const deleting = f.tasks.delete("c", "", signal);
  await settle();
  t.false(f.runtime.calls.includes("delete"));
  resolve();
  await deleting;
  t.deepEqual(ran, ["postStop"]);
  t.is(readJournal(bundle)?.hooks?.postStop?.done, true);
});

test("hooks – preStop runs before the first signal that ends init, not before a harmless one", async (t) => {
  const ran: string[] = [];
  const hooks = fakeHooks({
    has: (stage: string) => stage === "preStop",
    run: async (stage: string) => void ran.push(stage),
  });
  using f = openTasks({ hooks });
  await f.create("c");
  await f.tasks.start("c", "", signal);
  await f.tasks.kill(kill("c", 28), signal);
  t.deepEqual(ran, []);
  await f.tasks.kill(kill("c", 15), signal);
  await f.tasks.kill(kill("c", 9), signal);
  t.deepEqual(ran, ["preStop"]);
});

test("hooks – the stages of one Kill – are known as one call, those of the next Kill as another", async (t) => {
  const stagesOf = new Map<object | undefined, string[]>();
  const hooks = fakeHooks({
    has: (stage: string) => ["preKill", "preStop", "postKill"].includes(stage),
    run: async (stage, _subject, { call, replay }) => {
      if (replay !== true) stagesOf.set(call, [...(stagesOf.get(call) ?? []), stage]);
    },
  });
  using f = openTasks({ hooks });
  await f.create("c");
  await f.tasks.start("c", "", signal);
  await f.tasks.kill(kill("c", 15), new AbortController().signal);
  await f.tasks.kill(kill("c", 28), new AbortController().signal);
  t.deepEqual(
    [...stagesOf.values()],
    [
      ["preKill", "preStop", "postKill"],
      ["preKill", "postKill"],
    ],
  );
  t.false(stagesOf.has(undefined));
});

test("hooks – HookContainer.runtime – is the name in the configuration, live and when `delete` runs what is pending", async (t) => {
  const names: string[] = [];
  const hooks = fakeHooks({
    has: (stage: string) => stage === "postStop",
    run: async (_stage, { container }) => {
      names.push(container?.runtime ?? "");
    },
  });
  const runtime = new FakeRuntime();
  using f = openTasks({ hooks, runtimeOf: async () => ({ name: "configured", runtime, defaults: {} }) });
  await stopped(f);
  const { ref } = f.tasks.container("c");
  const { hooks: _done, ...owed } = readJournal(ref.bundle) ?? t.fail("no journal");
  writeJournal(ref.bundle, owed);
  const deps = { log: silentLogger, hooks: async () => hooks, libc: { tryLock: () => true } };
  const commands = { run: () => Promise.reject(new Error("no command is expected")) };
  await cleanUp(
    { ...deps, commands, runtimeOf: async () => runtime },
    { id: "c", namespace: "test", bundle: ref.bundle, runtime: "fake", limitMs: 4_500 },
  );
  t.deepEqual(names, ["configured", "configured"]);
});
