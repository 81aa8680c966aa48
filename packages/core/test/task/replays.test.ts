import { renameSync, rmSync } from "node:fs";
import { Code, type StatusError } from "@dunnage/ttrpc";
import test from "ava";
import { HookChain } from "../../src/hooks/chain/chain.ts";
import { wire } from "../../src/proto/gen/wire.js";
import type { Call } from "../../src/task/call.ts";
import { checkpoint } from "../../src/task/calls/checkpoint.ts";
import { exec } from "../../src/task/calls/exec.ts";
import { kill } from "../../src/task/calls/kill.ts";
import { start } from "../../src/task/calls/start.ts";
import { openTasks } from "../_support/task-fixture.ts";

const signal = new AbortController().signal;
const first = { signal, attempt: 0 };
const again = { signal, attempt: 1 };

test("a verb that did not take effect – runs when it is sent again", async (t) => {
  using f = openTasks();
  const request = wire.CreateTaskRequest.create({ id: "c", bundle: f.bundle("c") });
  const { init } = await f.tasks.registry.create(request, again);
  t.is(await start(f.tasks.registry.call("c", again), ""), init.pid);
  t.deepEqual(f.runtime.calls, ["create", "start"]);
  t.deepEqual(f.events, ["/tasks/create", "/tasks/start"]);
});

test("Create sent again – a container of this id with another bundle – AlreadyExists", async (t) => {
  using f = openTasks();
  await f.create("c");
  const request = wire.CreateTaskRequest.create({ id: "c", bundle: f.bundle("other") });
  const error = await t.throwsAsync<StatusError>(f.tasks.registry.create(request, again));
  t.is(error?.code, Code.AlreadyExists);
});

test("Start sent again after a short life – answers the pid, without a second start", async (t) => {
  using f = openTasks();
  const pid = await f.create("c");
  await start(f.tasks.registry.call("c", first), "");
  f.reaper.exit(pid, 0);
  await f.tasks.process("c", "").wait(signal);
  t.is(await start(f.tasks.registry.call("c", again), ""), pid);
  t.is(f.runtime.calls.filter((call) => call === "start").length, 1);
});

test("Start sent again – a container that is still to be restored – is restored", async (t) => {
  using f = openTasks();
  const runtime = Object.assign(f.runtime, { restore: async () => ({ pid: 4_000_002 }) });
  const request = wire.CreateTaskRequest.create({ id: "c", bundle: f.bundle("c"), checkpoint: "/tmp" });
  await f.tasks.registry.create(request, first);
  t.is(await start(f.tasks.registry.call("c", again), ""), (await runtime.restore()).pid);
});

test("Delete sent again – the same answer; of a container that was never there: NotFound", async (t) => {
  using f = openTasks();
  const pid = await f.create("c");
  await start(f.tasks.registry.call("c", first), "");
  await f.addExec("c", "e");
  const execAnswer = await f.tasks.registry.delete(wire.DeleteRequest.create({ id: "c", exec_id: "e" }), first);
  f.reaper.exit(pid, 7);
  await f.tasks.process("c", "").wait(signal);
  const answer = await f.tasks.registry.delete(wire.DeleteRequest.create({ id: "c" }), first);
  t.is(answer.exit_status, 7);
  t.deepEqual(await f.tasks.registry.delete(wire.DeleteRequest.create({ id: "c" }), again), answer);
  t.deepEqual(await f.tasks.registry.delete(wire.DeleteRequest.create({ id: "c", exec_id: "e" }), again), execAnswer);
  for (const [id, origin] of [["never", again] as const, ["c", first] as const]) {
    const error = await t.throwsAsync<StatusError>(f.tasks.registry.delete(wire.DeleteRequest.create({ id }), origin));
    t.is(error?.code, Code.NotFound);
  }
});

test("Kill sent again – succeeds when the first has ended the process; a client's second Kill is NotFound", async (t) => {
  using f = openTasks();
  const pid = await f.create("c");
  await start(f.tasks.registry.call("c", first), "");
  const request = { execId: "", signal: 9, all: false };
  await kill(f.tasks.registry.call("c", first), request);
  f.reaper.exit(pid, 137);
  await f.tasks.process("c", "").wait(signal);
  await kill(f.tasks.registry.call("c", again), request);
  const error = await t.throwsAsync<StatusError>(kill(f.tasks.registry.call("c", first), request));
  t.is(error?.code, Code.NotFound);
});

test("Checkpoint that ends the container, sent again – done, or Unavailable when it was interrupted", async (t) => {
  using f = openTasks();
  await f.create("c");
  await start(f.tasks.registry.call("c", first), "");
  const written: string[] = [];
  Object.assign(f.runtime, {
    checkpoint: async (_: unknown, { imagePath }: { imagePath: string }) => void written.push(imagePath),
  });
  const value = wire.CheckpointOptions.encode({ exit: true }).finish();
  const options = { type_url: "containerd.runc.v1.CheckpointOptions", value };
  const request = wire.CheckpointTaskRequest.create({ id: "c", path: "/image", options });
  await checkpoint(f.tasks.registry.call("c", first), request);
  await checkpoint(f.tasks.registry.call("c", again), request);
  t.deepEqual(written, ["/image"]);
  const other = wire.CheckpointTaskRequest.create({ id: "c", path: "/other", options });
  const error = await t.throwsAsync<StatusError>(checkpoint(f.tasks.registry.call("c", again), other));
  t.is(error?.code, Code.Unavailable);
  t.deepEqual(written, ["/image"]);
});

test("hooks – the stages after the effect run again, marked as a replay", async (t) => {
  const ran: string[] = [];
  const hooks: HookChain = Object.assign(Object.create(HookChain.none), {
    has: () => true,
    run: async (stage: string, _subject: unknown, options: { replay?: boolean }) =>
      void ran.push(`${stage} ${options.replay ?? false}`),
    notify: () => {},
  });
  using f = openTasks({ hooks });
  await f.create("c");
  const run = async (origin: Pick<Call, "signal" | "attempt">): Promise<readonly string[]> => {
    ran.length = 0;
    await start(f.tasks.registry.call("c", origin), "");
    const value = Buffer.from(JSON.stringify({ args: ["true"], cwd: "/" }));
    const request = wire.ExecProcessRequest.create({ id: "c", exec_id: "e", spec: { value } });
    await exec(f.tasks.registry.call("c", origin), request);
    return [...ran];
  };
  t.deepEqual(await run(first), ["preStart false", "postStart false", "preExec false", "postExec false"]);
  t.deepEqual(await run(again), ["postStart true", "postExec true"]);
});

test("Delete sent again for a later container or exec of the same id – deletes that one", async (t) => {
  using f = openTasks();
  const live = async (status: number): Promise<void> => {
    const pid = await f.create("c");
    await start(f.tasks.registry.call("c", first), "");
    f.reaper.exit(pid, status);
    await f.tasks.process("c", "").wait(signal);
  };
  const request = wire.DeleteRequest.create({ id: "c" });
  await live(1);
  await f.tasks.registry.delete(request, first);
  await live(2);
  t.is((await f.tasks.registry.delete(request, again)).exit_status, 2);
  t.false(f.tasks.has("c"));
});

test("Start sent again after its denial – is refused, not answered with the pid", async (t) => {
  using f = openTasks();
  await f.create("c");
  f.runtime.onStart = async () => {
    f.reaper.exit(f.tasks.process("c", "").pid, 137);
    throw new Error("denied");
  };
  await t.throwsAsync(start(f.tasks.registry.call("c", first), ""), { message: "denied" });
  await f.tasks.process("c", "").wait(signal);
  await t.throwsAsync(start(f.tasks.registry.call("c", again), ""), { message: /cannot start a stopped process/ });
});

test("Create sent again for a bundle that was made anew – creates a container", async (t) => {
  using f = openTasks();
  const pid = await f.create("c");
  await start(f.tasks.registry.call("c", first), "");
  f.reaper.exit(pid, 0);
  await f.tasks.process("c", "").wait(signal);
  const { bundle } = f.tasks.container("c").ref;
  const next = f.bundle("next"); // made before the old one goes, so that it has another inode
  rmSync(bundle, { recursive: true });
  renameSync(next, bundle);
  const request = wire.CreateTaskRequest.create({ id: "c", bundle });
  const { init } = await f.tasks.registry.create(request, again);
  t.not(init.pid, pid);
  t.is(init.state, "created");
});
