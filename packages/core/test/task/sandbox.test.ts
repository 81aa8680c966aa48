import { constants, writeFileSync, writeSync } from "node:fs";
import { Code, StatusError } from "@dunnage/ttrpc";
import test from "ava";
import type { Cgroup } from "../../src/cgroups/cgroup.ts";
import { notFound } from "../../src/errors/errors.ts";
import type { ProcessStdio } from "../../src/io/process-io.ts";
import { wire } from "../../src/proto/gen/wire.js";
import type { Created, ExecKillRequest, ExecRequest } from "../../src/runtime/runtime.ts";
import { decodeMetrics } from "../../src/testing/containerd/decode-metrics.ts";
import { Fifo } from "../_support/fifo.ts";
import { openFiles } from "../_support/open-files.ts";
import { FakeRuntime, openTasks } from "../_support/task-fixture.ts";
import { TempDir } from "../_support/temp-dir.ts";

const signal = new AbortController().signal;

/** A runtime whose processes are not visible on the host. */
class SandboxRuntime extends FakeRuntime {
  sandbox: Created["sandbox"] = "own";
  stdioAtStart = false;
  /** Streams of the last start. */
  stdio: ProcessStdio | undefined;
  pids = async (): Promise<number[]> => [1, 2];
  stats = async () => ({ pids: 9, cpuNs: 5_000 });

  override async create(): Promise<Created> {
    const { sandbox, stdioAtStart } = this;
    return { ...(await super.create()), sandbox, stdioAtStart };
  }

  override async start(_container?: unknown, _signal?: unknown, stdio?: ProcessStdio): Promise<void> {
    this.stdio = stdio;
    await super.start();
  }

  override async exec(request: ExecRequest): Promise<Created> {
    return { ...(await super.exec(request)), internalPid: 2 };
  }

  async killExec(_container: unknown, { execId, signal }: ExecKillRequest): Promise<void> {
    this.calls.push(`kill exec ${execId} ${signal}`);
    if (signal === 15) throw notFound("process already finished");
  }
}

function open(findCgroup: () => Cgroup | undefined = () => undefined) {
  const runtime = new SandboxRuntime();
  const f = openTasks({ findCgroup, runtimeOf: async () => ({ name: "fake", runtime, defaults: {} }) });
  return { f, runtime, [Symbol.dispose]: () => f[Symbol.dispose]() };
}

test("sandbox – pids of the runtime, with the ids of execs – not those of the sandbox's cgroup", async (t) => {
  using scene = open(() => ({ version: 2, dir: "/nonexistent" }));
  const { f, runtime } = scene;
  const pid = await f.create("c");
  await f.tasks.start("c", "", signal);
  await f.addExec("c", "e");
  await f.tasks.start("c", "e", signal);
  t.deepEqual(await f.tasks.pids("c", signal), [
    { pid: 1, execId: "" },
    { pid: 2, execId: "e" },
  ]);
  runtime.pids = () => Promise.reject(new Error("it hangs"));
  t.deepEqual(await f.tasks.pids("c", signal), [{ pid, execId: "" }]);
});

test("sandbox – signals of an exec are the runtime's", async (t) => {
  using scene = open();
  const { f, runtime } = scene;
  await f.create("c");
  await f.tasks.start("c", "", signal);
  await f.addExec("c", "e");
  await f.tasks.start("c", "e", signal);
  await f.tasks.kill(wire.KillRequest.create({ id: "c", exec_id: "e", signal: 10 }), signal);
  t.is(runtime.calls.at(-1), "kill exec e 10");
  const refused = f.tasks.kill(wire.KillRequest.create({ id: "c", exec_id: "e", signal: 15 }), signal);
  await t.throwsAsync(refused, { instanceOf: StatusError, code: Code.NotFound });
});

test("sandbox – an exec whose terminal does not come is killed through the runtime", async (t) => {
  using scene = open();
  const { f, runtime } = scene;
  await f.create("c");
  await f.tasks.start("c", "", signal);
  const spec = { value: Buffer.from("{}") };
  await f.tasks.exec(wire.ExecProcessRequest.create({ id: "c", exec_id: "e", terminal: true, spec }), signal);
  await t.throwsAsync(f.tasks.start("c", "e", signal), { message: /sent no terminal/ });
  t.is(runtime.calls.at(-1), "kill exec e 9");
});

test("sandbox – metrics of its own cgroup, with what the runtime counts", async (t) => {
  using dir = new TempDir();
  using scene = open(() => ({ version: 2, dir: dir.path }));
  const { f, runtime } = scene;
  writeFileSync(dir.join("pids.current"), "40\n");
  await f.create("c");
  t.like(decodeMetrics(await f.tasks.stats("c", signal)), { pids: { current: "9" }, cpu: { usage_usec: "5" } });
  runtime.stats = () => Promise.reject(new Error("it hangs"));
  t.like(decodeMetrics(await f.tasks.stats("c", signal)), { pids: { current: "40" } });
});

test("sandbox – metrics of the runtime alone, the last ones after the end – shared with others", async (t) => {
  using dir = new TempDir();
  using scene = open(() => ({ version: 2, dir: dir.path }));
  const { f, runtime } = scene;
  runtime.sandbox = "shared";
  const pid = await f.create("c");
  const { pids, memory } = decodeMetrics(await f.tasks.stats("c", signal)) as Record<string, { current?: string }>;
  t.is(pids?.current, "9");
  t.is(memory, undefined);
  await f.tasks.start("c", "", signal);
  runtime.stats = () => Promise.reject(new Error("not asked"));
  f.reaper.exit(pid, 0);
  t.like(decodeMetrics(await f.tasks.stats("c", signal)), { pids: { current: "9" } });
});

function createWithOutput(f: ReturnType<typeof open>["f"], stdout: string) {
  const request = wire.CreateTaskRequest.create({ id: "c", bundle: f.bundle("c"), stdout });
  return f.tasks.create(request, signal);
}

// Serial: another test may get the number of the descriptor that this one has closed.
test.serial("stdio at start – the ends stay open for the runtime's start, and no longer", async (t) => {
  using dir = new TempDir();
  using fifo = new Fifo(dir.join("out"));
  using scene = open();
  const { f, runtime } = scene;
  runtime.stdioAtStart = true;
  fifo.open(constants.O_RDONLY);
  runtime.onStart = async () => void writeSync(runtime.stdio?.stdout ?? -1, "hello");
  const { init } = await createWithOutput(f, fifo.path);
  await f.tasks.start("c", "", signal);
  t.is(fifo.read(), "hello");
  t.false(openFiles().includes(runtime.stdio?.stdin ?? -1));
  f.reaper.exit(init.pid, 0);
  await f.tasks.delete("c", "", signal);
});

// Serial, for the same reason.
test.serial("stdio at start – is tried again, and released without waiting – a start that fails", async (t) => {
  using dir = new TempDir();
  using fifo = new Fifo(dir.join("out"));
  using scene = open();
  const { f, runtime } = scene;
  runtime.stdioAtStart = true;
  fifo.open();
  runtime.onStart = () => Promise.reject(new Error("no such program"));
  const { init } = await createWithOutput(f, fifo.path);
  for (const _ of [1, 2]) await t.throwsAsync(f.tasks.start("c", "", signal), { message: "no such program" });
  const fd = runtime.stdio?.stdin ?? -1;
  t.true(openFiles().includes(fd));
  runtime.onDelete = async () => f.reaper.exit(init.pid, 137);
  await f.tasks.delete("c", "", signal);
  t.false(openFiles().includes(fd));
});

test("stdio at start – a container without the terminal that it was started for is killed", async (t) => {
  using scene = open();
  const { f, runtime } = scene;
  runtime.stdioAtStart = true;
  await f.tasks.create(wire.CreateTaskRequest.create({ id: "c", bundle: f.bundle("c"), terminal: true }), signal);
  await t.throwsAsync(f.tasks.start("c", "", signal), { message: /sent no terminal/ });
  t.deepEqual(runtime.calls.slice(-2), ["start", "kill 9"]);
});

test("stdio – is not passed to start – a runtime that takes it at create", async (t) => {
  using scene = open();
  const { f, runtime } = scene;
  await f.create("c");
  await f.tasks.start("c", "", signal);
  t.is(runtime.stdio, undefined);
});
