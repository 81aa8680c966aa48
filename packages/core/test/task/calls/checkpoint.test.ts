import { Code, StatusError } from "@dunnage/ttrpc";
import test, { type ExecutionContext } from "ava";
import { wire } from "../../../src/proto/gen/wire.js";
import type { Runtime } from "../../../src/runtime/runtime.ts";
import { readState } from "../../../src/task/calls/state.ts";
import { HangingFs } from "../../_support/hanging-fs.ts";
import { FakeRuntime, openTasks } from "../../_support/task-fixture.ts";

const signal = new AbortController().signal;
const request = (id: string) => wire.CheckpointTaskRequest.create({ id, path: "/image" });

async function rejects(t: ExecutionContext, work: Promise<unknown>, code: Code, message: RegExp): Promise<void> {
  const error = await t.throwsAsync(work, { instanceOf: StatusError, message });
  t.is(error?.code, code);
}

/** Opens tasks over a fake runtime that also has these abilities. */
function open(abilities: Pick<Runtime, "checkpoint" | "restore">) {
  const runtime: Runtime & FakeRuntime = Object.assign(new FakeRuntime(), abilities);
  return openTasks({ runtimeOf: async () => ({ name: "fake", runtime, defaults: {} }) });
}

test("checkpoint, restore – a runtime that cannot – Unimplemented", async (t) => {
  using f = openTasks();
  const pid = await f.create("c");
  await f.tasks.start("c", "", signal);
  await rejects(t, f.tasks.checkpoint(request("c"), signal), Code.Unimplemented, /^runtime fake has no checkpoint$/);
  const create = wire.CreateTaskRequest.create({ id: "r", bundle: f.bundle("r"), checkpoint: "/image" });
  await rejects(t, f.tasks.create(create, signal), Code.Unimplemented, /^runtime fake has no restore$/);
  f.reaper.exit(pid, 0);
});

test("restore – from a file system that does not answer – is refused, and other calls continue", async (t) => {
  using hanging = new HangingFs();
  using f = open({ restore: async () => ({ pid: 1 }) });
  const checkpoint = hanging.join("lookup");
  const create = wire.CreateTaskRequest.create({ id: "r", bundle: f.bundle("r"), checkpoint });
  await rejects(t, f.tasks.create(create, signal), Code.FailedPrecondition, /lookup: its file system does not answer/);
  const file = wire.CreateTaskRequest.create({ id: "s", bundle: f.bundle("s"), checkpoint: "/etc/passwd" });
  await rejects(t, f.tasks.create(file, signal), Code.InvalidArgument, /\/etc\/passwd is not a directory/);
});

test("checkpoint – with an end – the exit is reported after it", async (t) => {
  let pid = 0;
  using f = open({ checkpoint: async () => f.reaper.exit(pid, 137) });
  pid = await f.create("c");
  await f.tasks.start("c", "", signal);
  await f.tasks.checkpoint(request("c"), signal);
  t.is((await f.tasks.process("c", "").wait(signal))?.exitStatus, 137);
  t.deepEqual(f.events.slice(-2), ["/tasks/checkpointed", "/tasks/exit c 137"]);
});

test("restore – Start does what Create has left – no exit before the start", async (t) => {
  const pid = 4_000_001;
  using f = open({
    restore: async ({ imagePath }) => {
      t.is(imagePath, "/tmp");
      f.reaper.exit(pid, 3);
      return { pid };
    },
  });
  const fields = { id: "c", bundle: f.bundle("c"), checkpoint: "/tmp" };
  const container = await f.tasks.create(wire.CreateTaskRequest.create(fields), signal);
  t.deepEqual([container.init.pid, container.init.state], [0, "createdCheckpoint"]);
  t.is(readState(container, "").status, wire.Status.CREATED);
  t.is(await f.tasks.start("c", "", signal), pid);
  t.is((await container.init.wait(signal))?.exitStatus, 3);
  t.deepEqual(f.events, ["/tasks/create", "/tasks/start", "/tasks/exit c 3"]);
  await f.tasks.delete("c", "", signal);
});

test("restore – deleted before its start – Wait is released, no exit is reported", async (t) => {
  using f = open({ restore: () => Promise.reject(new Error("never")) });
  const fields = { id: "c", bundle: f.bundle("c"), checkpoint: "/tmp" };
  const container = await f.tasks.create(wire.CreateTaskRequest.create(fields), signal);
  const waiting = container.init.wait(signal);
  await f.tasks.delete("c", "", signal);
  t.is(await waiting, undefined);
  t.deepEqual(f.events, ["/tasks/create", "/tasks/delete"]);
  t.is(f.tasks.size, 0);
});
