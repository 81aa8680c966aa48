import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Code, StatusError } from "@dunnage/ttrpc";
import test, { type ExecutionContext } from "ava";
import { wire } from "../../src/proto/gen/wire.js";
import { readJournal } from "../../src/task/container/journal.ts";
import { openTasks, type TaskFixture } from "../_support/task-fixture.ts";
import { until } from "../_support/until.ts";

const signal = new AbortController().signal;
const kill = (id: string, number: number, execId = "", all = false) =>
  wire.KillRequest.create({ id, exec_id: execId, signal: number, all });

async function rejects(t: ExecutionContext, work: Promise<unknown>, code: Code, message: RegExp): Promise<void> {
  const error = await t.throwsAsync(work, { instanceOf: StatusError, message });
  t.is(error?.code, code);
}

/** Lets everything run that does not wait for the test. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

test("life of a container – events and states in order", async (t) => {
  using f = openTasks();
  const pid = await f.create("c");
  t.is(f.tasks.process("c", "").state, "created");
  const waiting = f.tasks.process("c", "").wait(signal);
  t.is(await f.tasks.start("c", "", signal), pid);
  t.is(f.tasks.process("c", "").state, "running");
  f.reaper.exit(pid, 7);
  t.is((await waiting)?.exitStatus, 7);
  const deleted = await f.tasks.delete("c", "", signal);
  t.is(deleted.exit_status, 7);
  t.deepEqual(f.events, ["/tasks/create", "/tasks/start", "/tasks/exit c 7", "/tasks/delete"]);
  t.deepEqual(f.runtime.calls, ["create", "start", "delete"]);
  t.is(f.tasks.size, 0);
  t.deepEqual(f.released, ["c"]);
  t.is(f.counts.at(-1), 0);
});

test("start – an exit that comes before it returns is reported after the start event", async (t) => {
  using f = openTasks();
  const pid = await f.create("c");
  f.runtime.onStart = async () => {
    f.reaper.exit(pid, 0);
    await settle();
  };
  await f.tasks.start("c", "", signal);
  t.deepEqual(f.events, ["/tasks/create", "/tasks/start", "/tasks/exit c 0"]);
  t.is(f.tasks.process("c", "").state, "stopped");
});

test("start – an exec's exit that comes before it returns is reported after its start event", async (t) => {
  using f = openTasks();
  const pid = await f.create("c");
  await f.tasks.start("c", "", signal);
  await f.addExec("c", "e");
  f.runtime.onExec = async () => f.reaper.exit(pid + 1, 3);
  await f.tasks.start("c", "e", signal);
  await settle();
  t.deepEqual(f.events.slice(2), ["/tasks/exec-added", "/tasks/exec-started", "/tasks/exit e 3"]);
});

test("exit of init – execs are reported first, and meanwhile State still says running", async (t) => {
  using f = openTasks();
  const pid = await f.create("c");
  await f.tasks.start("c", "", signal);
  await f.addExec("c", "e");
  const exec = await f.tasks.start("c", "e", signal);
  f.reaper.exit(pid, 137);
  await settle();
  t.is(f.tasks.process("c", "").state, "running");
  await f.addExec("c", "late");
  await rejects(t, f.tasks.start("c", "late", signal), Code.FailedPrecondition, /init process is not running/);
  f.reaper.exit(exec, 137);
  await settle();
  t.deepEqual(f.events.slice(-2), ["/tasks/exit e 137", "/tasks/exit c 137"]);
});

test("exit of init – without a private pid namespace every process is killed first", async (t) => {
  using f = openTasks();
  for (const [id, namespaces] of [
    ["shared", [{ type: "pid", path: "/proc/1/ns/pid" }]],
    ["host", []],
  ] as const) {
    const pid = await f.create(id, namespaces);
    await f.tasks.start(id, "", signal);
    f.reaper.exit(pid, 0);
    await f.tasks.process(id, "").wait(signal);
    await until(() => f.runtime.calls.at(-1) === "delete");
    t.deepEqual(f.runtime.calls.slice(-2), ["kill 9 all", "delete"]);
  }
});

test("exit – is in the journal and in the exit file before a client is notified of it", async (t) => {
  using f = openTasks();
  const pid = await f.create("c");
  await f.tasks.start("c", "", signal);
  f.reaper.exit(pid, 42);
  const { bundle } = f.tasks.container("c").ref;
  t.is(readJournal(bundle)?.exit?.exitStatus, 42);
  t.is(readFileSync(join(bundle, "exit"), "utf8"), "42");
});

const byState: Readonly<Record<string, (f: TaskFixture) => Promise<void>>> = {
  created: async (f) => void (await f.create("c")),
  running: async (f) => {
    await f.create("c");
    await f.tasks.start("c", "", signal);
  },
  stopped: async (f) => {
    const pid = await f.create("c");
    await f.tasks.start("c", "", signal);
    f.reaper.exit(pid, 0);
    await settle();
  },
};
const refusals: readonly [state: string, verb: string, Code, RegExp][] = [
  ["running", "start", Code.Unknown, /^cannot start a running process$/],
  ["stopped", "start", Code.Unknown, /^cannot start a stopped process$/],
  ["running", "delete", Code.Unknown, /^cannot delete a running process$/],
  ["stopped", "exec", Code.Unknown, /^cannot exec in a stopped state$/],
  ["stopped", "kill", Code.NotFound, /^process already finished: not found$/],
];
const verbs: Readonly<Record<string, (f: TaskFixture) => Promise<unknown>>> = {
  start: (f) => f.tasks.start("c", "", signal),
  delete: (f) => f.tasks.delete("c", "", signal),
  exec: (f) => f.addExec("c", "e"),
  kill: (f) => f.tasks.kill(kill("c", 15), signal),
};
for (const [state, verb, code, message] of refusals) {
  test(`${verb} – is refused – ${state} container`, async (t) => {
    using f = openTasks();
    await byState[state]?.(f);
    await rejects(t, verbs[verb]?.(f) ?? Promise.resolve(), code, message);
  });
}

test("every verb – NotFound – unknown container and unknown exec", async (t) => {
  using f = openTasks();
  for (const work of Object.values(verbs)) {
    await rejects(t, (async () => work(f))(), Code.NotFound, /^container not created: not found$/);
  }
  await f.create("c");
  for (const work of [
    async () => f.tasks.start("c", "x", signal),
    async () => f.tasks.delete("c", "x", signal),
    async () => f.tasks.kill(kill("c", 9, "x"), signal),
    async () => f.tasks.closeIo("c", "x"),
  ]) {
    await rejects(t, work(), Code.NotFound, /^process does not exist x: not found$/);
  }
});

test("exec – the same id twice – AlreadyExists", async (t) => {
  using f = openTasks();
  await f.create("c");
  await f.addExec("c", "e");
  await rejects(t, f.addExec("c", "e"), Code.AlreadyExists, /^id e: already exists$/);
});

test("exec – a failed start releases its waiters and can be deleted, without an exit event", async (t) => {
  using f = openTasks();
  await f.create("c");
  await f.tasks.start("c", "", signal);
  await f.addExec("c", "e");
  f.runtime.onExec = () => Promise.reject(new StatusError(Code.Unknown, "OCI runtime exec failed: boom"));
  const waiting = f.tasks.process("c", "e").wait(signal);
  await rejects(t, f.tasks.start("c", "e", signal), Code.Unknown, /boom/);
  t.is(await waiting, undefined);
  t.is(f.tasks.process("c", "e").state, "created");
  await f.tasks.delete("c", "e", signal);
  t.false(f.events.some((event) => event.includes("/tasks/exit")));
});

test("kill – of an exec that was never started – FailedPrecondition", async (t) => {
  using f = openTasks();
  await f.create("c");
  await f.addExec("c", "e");
  await rejects(t, f.tasks.kill(kill("c", 9, "e"), signal), Code.FailedPrecondition, /process not created/);
});

test("kill – refuses a signal that no system has", async (t) => {
  using f = openTasks();
  await f.create("c");
  await rejects(t, f.tasks.kill(kill("c", 4_000_000_000), signal), Code.InvalidArgument, /unknown signal/);
});

test("a runtime that hangs in start – State, Wait, Pids and Kill answer all the same", async (t) => {
  using f = openTasks();
  const pid = await f.create("c");
  const { promise, resolve } = Promise.withResolvers<void>();
  f.runtime.onStart = () => promise;
  const starting = f.tasks.start("c", "", signal);
  await settle();
  t.is(f.tasks.process("c", "").state, "created");
  t.deepEqual(await f.tasks.pids("c", signal), [{ pid, execId: "" }]);
  await f.tasks.kill(kill("c", 9), signal);
  t.true(f.runtime.calls.includes("kill 9"));
  await f.create("other");
  resolve();
  await starting;
});

test("wait – ends with the client, and holds nothing of it", async (t) => {
  using f = openTasks();
  await f.create("c");
  const client = new AbortController();
  const waiting = f.tasks.process("c", "").wait(client.signal);
  client.abort(new StatusError(Code.Canceled, "gone"));
  await rejects(t, waiting, Code.Canceled, /gone/);
});

test("wait – ten clients at once get the same answer, also after the exit", async (t) => {
  using f = openTasks();
  const pid = await f.create("c");
  const init = f.tasks.process("c", "");
  const waiting = Array.from({ length: 10 }, () => init.wait(signal));
  await f.tasks.start("c", "", signal);
  f.reaper.exit(pid, 9);
  t.deepEqual(new Set((await Promise.all(waiting)).map((outcome) => outcome?.exitStatus)), new Set([9]));
  t.is((await init.wait(signal))?.exitStatus, 9);
});

test("delete – of a created container ends it, and its exit is reported before", async (t) => {
  using f = openTasks();
  const pid = await f.create("c");
  f.runtime.onDelete = async () => f.reaper.exit(pid, 137);
  await f.tasks.delete("c", "", signal);
  t.deepEqual(f.events, ["/tasks/create", "/tasks/exit c 137", "/tasks/delete"]);
});

test("delete – the runtime forgets a container once, when it has ended", async (t) => {
  using f = openTasks();
  await byState["stopped"]?.(f);
  await settle();
  t.is(f.runtime.calls.at(-1), "delete");
  await f.tasks.delete("c", "", signal);
  t.is(f.runtime.calls.filter((call) => call === "delete").length, 1);
});

test("delete – of a created container – no command of its runtime is under way afterwards: the id may be used again", async (t) => {
  using f = openTasks();
  const pid = await f.create("c");
  let running = 0;
  f.runtime.onDelete = async () => {
    running += 1;
    const isFirst = f.runtime.calls.filter((call) => call === "delete").length === 1;
    if (isFirst) f.reaper.exit(pid, 137);
    for (let turn = 0; turn < (isFirst ? 1 : 50); turn++) await settle();
    running -= 1;
  };
  await f.tasks.delete("c", "", signal);
  t.is(running, 0);
});

test("delete – after a failure the next one succeeds", async (t) => {
  using f = openTasks();
  f.runtime.onDelete = () => Promise.reject(new StatusError(Code.Unknown, "failed to delete task: busy"));
  await byState["stopped"]?.(f);
  await rejects(t, f.tasks.delete("c", "", signal), Code.Unknown, /busy/);
  t.is(f.tasks.size, 1);
  f.runtime.onDelete = async () => {};
  await f.tasks.delete("c", "", signal);
  t.is(f.tasks.size, 0);
});

test("delete – the response is in the bundle as printf escapes", async (t) => {
  using f = openTasks();
  await byState["stopped"]?.(f);
  const { bundle } = f.tasks.container("c").ref;
  const response = await f.tasks.delete("c", "", signal);
  const escapes = readFileSync(join(bundle, "dunnage.deleted"), "utf8").trim();
  const bytes = escapes
    .split("\\")
    .slice(1)
    .map((octal) => Number.parseInt(octal, 8));
  t.deepEqual(Buffer.from(bytes), Buffer.from(wire.DeleteResponse.encode(response).finish()));
});

test("delete – the runtime's delete was cut off with a poststop hook – one Delete fails, the next one continues", async (t) => {
  using f = openTasks({ forgetLimitMs: 1 });
  const bundle = f.bundle("c");
  const hooks = { poststop: [{ path: "/bin/true", timeout: 0.01 }] };
  writeFileSync(join(bundle, "config.json"), JSON.stringify({ linux: { namespaces: [{ type: "pid" }] }, hooks }));
  const { init } = await f.tasks.create(wire.CreateTaskRequest.create({ id: "c", bundle }), signal);
  await f.tasks.start("c", "", signal);
  f.runtime.onDelete = (limit) => new Promise((_, reject) => (limit.onabort = () => reject(limit.reason)));
  f.reaper.exit(init.pid, 0);
  await t.throwsAsync(f.tasks.delete("c", "", signal), { name: "TimeoutError" });
  f.runtime.onDelete = async () => {};
  t.is((await f.tasks.delete("c", "", signal)).exit_status, 0);
});

test("create – a bundle that was used before – the answer of its earlier life is removed", async (t) => {
  using f = openTasks();
  const deleted = join(f.bundle("c"), "dunnage.deleted");
  writeFileSync(deleted, "\\010\\001\n");
  await f.create("c");
  t.false(existsSync(deleted));
});
