import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OomWatcher } from "../../src/cgroups/oom.ts";
import type { Publisher } from "../../src/events/publisher.ts";
import { HookChain } from "../../src/hooks/chain/chain.ts";
import { loggerTimes } from "../../src/io/logger/supervised-logger.ts";
import { openIo } from "../../src/io/open-io.ts";
import { silentLogger } from "../../src/log/logger.ts";
import { openKoffiLibc } from "../../src/native/open-libc.ts";
import { wire } from "../../src/proto/gen/wire.js";
import type { Exit } from "../../src/reaper/exit.ts";
import type { ExecRequest, KillRequest, Runtime } from "../../src/runtime/runtime.ts";
import { formatExactJson } from "../../src/spec/exact-json.ts";
import type { TaskDeps } from "../../src/task/deps.ts";
import { TaskVerbs } from "./task-verbs.ts";

/** A runtime without processes: pids are plain numbers, and the test decides when one of them exits. */
export class FakeRuntime implements Runtime {
  readonly name = "fake";
  readonly calls: string[] = [];
  readonly updates: object[] = [];
  #pid = 1_000_000;
  /** Overridden by tests in which a call must hang or fail. */
  onStart: () => Promise<void> = async () => {};
  onCreate: () => Promise<void> = async () => {};
  onExec: (request: ExecRequest) => Promise<void> = async () => {};
  onPause: () => Promise<void> = async () => {};
  onDelete: (signal: AbortSignal) => Promise<void> = async () => {};
  onKill: (request: KillRequest) => Promise<void> = async () => {};

  async create(): Promise<{ pid: number }> {
    this.calls.push("create");
    await this.onCreate();
    return { pid: ++this.#pid };
  }

  async start(): Promise<void> {
    this.calls.push("start");
    await this.onStart();
  }

  async kill(_container: unknown, request: KillRequest): Promise<void> {
    this.calls.push(`kill ${request.signal}${request.all ? " all" : ""}`);
    await this.onKill(request);
  }

  async delete(_container: unknown, options: { readonly force: boolean }, signal: AbortSignal): Promise<void> {
    this.calls.push(options.force ? "delete --force" : "delete");
    await this.onDelete(signal);
  }

  async pause(): Promise<void> {
    this.calls.push("pause");
    await this.onPause();
  }

  async resume(): Promise<void> {
    this.calls.push("resume");
  }

  async update(_container: unknown, resources: object): Promise<void> {
    this.updates.push(resources);
    this.calls.push(`update ${formatExactJson(resources)}`);
  }

  async exec(request: ExecRequest): Promise<{ pid: number }> {
    this.calls.push(`exec ${request.execId}`);
    await this.onExec(request);
    return { pid: ++this.#pid };
  }
}

/** A reaper to which the test reports exits. */
class FakeReaper {
  readonly #watchers = new Map<number, Set<(exit: Exit) => void>>();
  readonly #early = new Map<number, Exit>();

  watch(pid: number, onExit: (exit: Exit) => void): Disposable {
    const early = this.#early.get(pid);
    const watchers = this.#watchers.get(pid) ?? new Set();
    if (early === undefined) this.#watchers.set(pid, watchers.add(onExit));
    else queueMicrotask(() => onExit(early));
    return { [Symbol.dispose]: () => watchers.delete(onExit) };
  }

  hold(): Disposable {
    return { [Symbol.dispose]: () => {} };
  }

  /** Reports the exit of a pid that is watched, or will be. */
  exit(pid: number, exitStatus: number): void {
    const exit = { pid, exitStatus, exitedAt: new Date() };
    const watchers = this.#watchers.get(pid);
    this.#watchers.delete(pid);
    if (watchers === undefined) this.#early.set(pid, exit);
    for (const watcher of watchers ?? []) watcher(exit);
  }
}

/** Topic and the relevant id, in the order of publishing. */
type Seen = string;

export interface TaskFixture extends Disposable {
  readonly tasks: TaskVerbs;
  readonly runtime: FakeRuntime;
  readonly reaper: FakeReaper;
  /** The publisher of the task service; `publish` may be replaced. */
  readonly publisher: Publisher;
  readonly events: Seen[];
  readonly counts: number[];
  readonly released: string[];
  /** Makes a bundle whose config.json has these `namespaces` (default: a private pid namespace). */
  bundle(id: string, namespaces?: readonly { type: string; path?: string }[]): string;
  create(id: string, namespaces?: readonly { type: string; path?: string }[]): Promise<number>;
  addExec(id: string, execId: string, stdio?: { readonly stdin?: string; readonly stdout?: string }): Promise<void>;
}

/** Opens a task service over the fakes; everything else is real. */
export function openTasks(overrides: Partial<TaskDeps> = {}): TaskFixture {
  const dir = mkdtempSync(join(tmpdir(), "tasks-"));
  const runtime = new FakeRuntime();
  const reaper = new FakeReaper();
  const events: Seen[] = [];
  const counts: number[] = [];
  const released: string[] = [];
  const log = { ...silentLogger, attach: () => {}, detach: () => {} };
  const commands = { run: () => Promise.reject(new Error("no command is expected")) };
  const publisher: Publisher = {
    publish: ({ topic, typeUrl, value }) => {
      const exit = typeUrl.endsWith("TaskExit") ? wire.TaskExit.decode(value) : undefined;
      events.push(exit === undefined ? topic : `${topic} ${exit.id} ${exit.exit_status}`);
    },
    flush: async () => {},
    close: () => {},
  };
  const libc = openKoffiLibc();
  const oom = new OomWatcher({ libc, log });
  const deps: TaskDeps = {
    namespace: "test",
    daemon: { pid: process.pid, directory: dir },
    libc,
    reaper,
    oom,
    findCgroup: () => undefined,
    commands,
    publisher,
    hooks: HookChain.none,
    log,
    openIo,
    stdio: {
      mode: "auto",
      drainTimeoutMs: 1000,
      streams: { whenReaderIsAway: "block", dropBufferBytes: 65_536, loggerTimes },
    },
    runtimeOf: async () => ({ name: "fake", runtime, defaults: {} }),
    released: (id) => released.push(id),
    containersChanged: (count) => counts.push(count),
    ...overrides,
  };
  const tasks = new TaskVerbs(deps, runtime.calls);
  const bundle: TaskFixture["bundle"] = (id, namespaces = [{ type: "pid" }]) => {
    const path = join(dir, id);
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, "config.json"), JSON.stringify({ ociVersion: "1.0.2", linux: { namespaces } }));
    return path;
  };
  const signal = new AbortController().signal;
  return {
    tasks,
    runtime,
    reaper,
    publisher,
    events,
    counts,
    released,
    bundle,
    create: async (id, namespaces) => {
      const request = wire.CreateTaskRequest.create({ id, bundle: bundle(id, namespaces) });
      return (await tasks.create(request, signal)).init.pid;
    },
    addExec: (id, execId, stdio = {}) => {
      const value = Buffer.from(JSON.stringify({ args: ["true"], cwd: "/" }));
      return tasks.exec(wire.ExecProcessRequest.create({ id, exec_id: execId, ...stdio, spec: { value } }), signal);
    },
    [Symbol.dispose]: () => {
      tasks[Symbol.dispose]();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
