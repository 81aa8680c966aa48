import { Code, StatusError } from "@dunnage/ttrpc";
import test, { type ExecutionContext } from "ava";
import { wire } from "../../../src/proto/gen/wire.js";
import { openTasks, type TaskFixture } from "../../_support/task-fixture.ts";

const signal = new AbortController().signal;
const settle = () => new Promise((resolve) => setImmediate(resolve));

async function rejects(t: ExecutionContext, work: Promise<unknown>, code: Code, message: RegExp): Promise<void> {
  const error = await t.throwsAsync(work, { instanceOf: StatusError, message });
  t.is(error?.code, code);
}

async function running(f: TaskFixture): Promise<number> {
  const pid = await f.create("c");
  await f.tasks.start("c", "", signal);
  return pid;
}

test("pause and resume – states and events in order, `pausing` meanwhile", async (t) => {
  using f = openTasks();
  await running(f);
  const { promise, resolve } = Promise.withResolvers<void>();
  f.runtime.onPause = () => promise;
  const pausing = f.tasks.pause("c", signal);
  await settle();
  t.is(f.tasks.process("c", "").state, "pausing");
  resolve();
  await pausing;
  t.is(f.tasks.process("c", "").state, "paused");
  await f.tasks.resume("c", signal);
  t.is(f.tasks.process("c", "").state, "running");
  t.deepEqual(f.events.slice(2), ["/tasks/paused", "/tasks/resumed"]);
});

test("pause – a failure leaves the container running", async (t) => {
  using f = openTasks();
  await running(f);
  f.runtime.onPause = () => Promise.reject(new StatusError(Code.Unknown, "OCI runtime pause failed: frozen"));
  await rejects(t, f.tasks.pause("c", signal), Code.Unknown, /frozen/);
  t.is(f.tasks.process("c", "").state, "running");
});

test("pause and resume – are refused in other states", async (t) => {
  using f = openTasks();
  const pid = await f.create("c");
  await rejects(t, f.tasks.pause("c", signal), Code.Unknown, /^cannot pause task in created state$/);
  await rejects(t, f.tasks.resume("c", signal), Code.Unknown, /^cannot resume task in created state$/);
  await f.tasks.start("c", "", signal);
  await rejects(t, f.tasks.resume("c", signal), Code.Unknown, /^cannot resume a running process$/);
  await f.tasks.pause("c", signal);
  await rejects(t, f.tasks.pause("c", signal), Code.Unknown, /^cannot pause a paused container$/);
  await rejects(t, f.tasks.delete("c", "", signal), Code.Unknown, /^cannot delete a paused process$/);
  await rejects(t, f.addExec("c", "e"), Code.Unknown, /^cannot exec in a paused state$/);
  await f.tasks.resume("c", signal);
  f.reaper.exit(pid, 0);
  await settle();
  await rejects(t, f.tasks.pause("c", signal), Code.Unknown, /^cannot pause a stopped container$/);
  await rejects(t, f.tasks.resume("c", signal), Code.Unknown, /^cannot resume a stopped container$/);
});

test("exit of a paused container – it is thawed, and the exit reported", async (t) => {
  using f = openTasks();
  const pid = await running(f);
  await f.tasks.pause("c", signal);
  f.reaper.exit(pid, 137);
  t.is((await f.tasks.process("c", "").wait(signal))?.exitStatus, 137);
  t.true(f.runtime.calls.includes("resume"));
  t.is(f.events.at(-1), "/tasks/exit c 137");
});

test("kill – SIGKILL to a paused container – it is thawed, for a frozen process does not take it", async (t) => {
  using f = openTasks();
  await running(f);
  await f.tasks.pause("c", signal);
  const request = { id: "c", exec_id: "", all: false };
  await f.tasks.kill(wire.KillRequest.create({ ...request, signal: 15 }), signal);
  t.is(f.runtime.calls.at(-1), "kill 15", "anything else waits until it is resumed");
  await f.tasks.kill(wire.KillRequest.create({ ...request, signal: 9 }), signal);
  t.deepEqual(f.runtime.calls.slice(-2), ["kill 9", "resume"]);
});

const resources = (value: string) =>
  wire.UpdateTaskRequest.create({ id: "c", resources: { type_url: "any", value: Buffer.from(value) } });

test("update – hands the resources to the runtime, in any state but stopped", async (t) => {
  using f = openTasks();
  const pid = await f.create("c");
  await f.tasks.update(resources('{"pids":{"limit":7}}'), signal);
  t.is(f.runtime.calls.at(-1), 'update {"pids":{"limit":7}}');
  await f.tasks.start("c", "", signal);
  f.reaper.exit(pid, 0);
  await settle();
  await rejects(t, f.tasks.update(resources("{}"), signal), Code.Unknown, /^cannot update a stopped container$/);
});

test("update – refuses what is no JSON object", async (t) => {
  using f = openTasks();
  await f.create("c");
  for (const text of ["", "[]", "7", "{"]) {
    await rejects(t, f.tasks.update(resources(text), signal), Code.InvalidArgument, /resources of c: no JSON/);
  }
});
