import { Code, StatusError } from "@dunnage/ttrpc";
import test from "ava";
import { HookChain } from "../../../src/hooks/chain/chain.ts";
import { wire } from "../../../src/proto/gen/wire.js";
import { openTasks, type TaskFixture } from "../../_support/task-fixture.ts";

const signal = new AbortController().signal;

const killAll = (f: TaskFixture) => f.tasks.kill(wire.KillRequest.create({ id: "c", signal: 9, all: true }), signal);

async function ended(f: TaskFixture): Promise<void> {
  const pid = await f.create("c");
  await f.tasks.start("c", "", signal);
  f.reaper.exit(pid, 7);
  await f.tasks.process("c", "").wait(signal);
  await f.tasks.container("c").ending.forgetting;
}

test("kill all – the runtime has forgotten the container – NotFound, without a command", async (t) => {
  using f = openTasks();
  await ended(f);
  f.runtime.calls.length = 0;
  const error = await t.throwsAsync(killAll(f), { instanceOf: StatusError });
  t.is(error?.code, Code.NotFound);
  t.deepEqual(f.runtime.calls, []);
});

test("kill – the configuration cannot be looked at – the runtime is asked; an exec is refused", async (t) => {
  let isReadable = true;
  const refresh = (): Promise<void> => {
    if (isReadable) return Promise.resolve();
    return Promise.reject(new Error("EMFILE"));
  };
  using f = openTasks({ hooks: Object.assign(new HookChain(new Map()), { refresh }) });
  await f.create("c");
  await f.tasks.start("c", "", signal);
  isReadable = false;
  f.runtime.calls.length = 0;
  await f.tasks.kill(wire.KillRequest.create({ id: "c", signal: 9 }), signal);
  t.deepEqual(f.runtime.calls, ["kill 9"]);
  const exec = wire.ExecProcessRequest.create({ id: "c", exec_id: "e" });
  await t.throwsAsync(f.tasks.exec(exec, signal), { message: "EMFILE" });
});

test("kill all – init has ended, the runtime has not forgotten the container – the runtime is asked", async (t) => {
  using f = openTasks();
  f.runtime.onDelete = () => Promise.reject(new Error("busy"));
  await ended(f);
  f.runtime.calls.length = 0;
  await killAll(f);
  t.deepEqual(f.runtime.calls, ["kill 9 all"]);
});

test("kill all – the runtime's delete runs meanwhile, and the command fails for it – NotFound once it is forgotten", async (t) => {
  using f = openTasks();
  const deleting = Promise.withResolvers<void>();
  f.runtime.onDelete = () => deleting.promise;
  f.runtime.onKill = async () => {
    deleting.resolve();
    throw new Error("lstat cgroup.procs: no such file");
  };
  const pid = await f.create("c");
  await f.tasks.start("c", "", signal);
  f.reaper.exit(pid, 7);
  await f.tasks.process("c", "").wait(signal);
  const error = await t.throwsAsync(killAll(f), { instanceOf: StatusError });
  t.is(error?.code, Code.NotFound);
});
