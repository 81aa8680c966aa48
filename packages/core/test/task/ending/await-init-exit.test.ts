import { rmSync } from "node:fs";
import test from "ava";
import type { InitExit } from "../../../src/runtime/runtime.ts";
import { FakeRuntime, openTasks } from "../../_support/task-fixture.ts";

const signal = new AbortController().signal;
const settle = () => new Promise((resolve) => setImmediate(resolve));

/** A runtime with all containers in one sandbox, which is a single process. */
class SandboxRuntime extends FakeRuntime {
  readonly pid = 4_000_000;
  readonly waiting = new Map<string, PromiseWithResolvers<InitExit | undefined>>();

  override async create(): Promise<{ pid: number }> {
    await super.create();
    return { pid: this.pid };
  }

  wait({ id }: { readonly id: string }): Promise<InitExit | undefined> {
    const waiting = Promise.withResolvers<InitExit | undefined>();
    this.waiting.set(id, waiting);
    return waiting.promise;
  }
}

async function openPod() {
  const runtime = new SandboxRuntime();
  const f = openTasks({ runtimeOf: async () => ({ name: "fake", runtime, defaults: {} }) });
  for (const id of ["a", "b"]) {
    requirePid(await f.create(id), runtime.pid);
    await f.tasks.start(id, "", signal);
  }
  f.events.length = 0;
  return { f, runtime, [Symbol.dispose]: () => f[Symbol.dispose]() };
}

function requirePid(actual: number, expected: number): void {
  if (actual !== expected) throw new Error(`pid ${actual}, not ${expected}`);
}

test("exit of init – as the runtime tells it – containers that share a pid", async (t) => {
  using pod = await openPod();
  const { f, runtime } = pod;
  const exitedAt = new Date(1_000);
  runtime.waiting.get("b")?.resolve({ exitStatus: 3, exitedAt });
  t.deepEqual(await f.tasks.process("b", "").wait(signal), { pid: runtime.pid, exitStatus: 3, exitedAt });
  t.is(f.tasks.process("a", "").state, "running");
  runtime.waiting.get("a")?.resolve({ exitStatus: 0 });
  t.is((await f.tasks.process("a", "").wait(signal))?.exitStatus, 0);
  f.reaper.exit(runtime.pid, 9);
  await settle();
  t.deepEqual(f.events, ["/tasks/exit b 3", "/tasks/exit a 0"]);
});

test("exit of init – of the pid – the runtime leaves it to that, or fails", async (t) => {
  using pod = await openPod();
  const { f, runtime } = pod;
  runtime.waiting.get("a")?.resolve(undefined);
  runtime.waiting.get("b")?.reject(new Error("the sandbox is gone"));
  await settle();
  t.deepEqual(f.events, []);
  f.reaper.exit(runtime.pid, 137);
  await Promise.all(["a", "b"].map((id) => f.tasks.process(id, "").wait(signal)));
  t.deepEqual(f.events.toSorted(), ["/tasks/exit a 137", "/tasks/exit b 137"]);
});

test("exit of init – the runtime's word – the pid ends a little earlier", async (t) => {
  using pod = await openPod();
  const { f, runtime } = pod;
  f.reaper.exit(runtime.pid, 1);
  await settle();
  t.deepEqual(f.events, []);
  runtime.waiting.get("a")?.resolve({ exitStatus: 7 });
  t.is((await f.tasks.process("a", "").wait(signal))?.exitStatus, 7);
});

test("exit of init – of the pid – the runtime never says anything", async (t) => {
  using pod = await openPod();
  const { f, runtime } = pod;
  f.reaper.exit(runtime.pid, 137);
  t.is((await f.tasks.process("a", "").wait(signal))?.exitStatus, 137);
});

test("exit of init – is the end of the container's record – bundle removed while the daemon did not notice", async (t) => {
  using f = openTasks();
  const [kept, abandoned] = [await f.create("kept"), await f.create("abandoned")];
  for (const id of ["kept", "abandoned"]) await f.tasks.start(id, "", signal);
  rmSync(f.bundle("abandoned"), { recursive: true });
  f.reaper.exit(kept, 0);
  f.reaper.exit(abandoned, 137);
  while (f.tasks.size > 1) await settle();
  t.deepEqual(f.released, ["abandoned"]);
  t.is(f.tasks.find("kept")?.init.state, "stopped");
  t.is(f.tasks.find("abandoned"), undefined);
});
