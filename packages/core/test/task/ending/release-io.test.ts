import { constants, existsSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { loggerTimes } from "../../../src/io/logger/supervised-logger.ts";
import type { TaskDeps } from "../../../src/task/deps.ts";
import { Fifo } from "../../_support/fifo.ts";
import { openFiles } from "../../_support/open-files.ts";
import { openTasks, type TaskFixture } from "../../_support/task-fixture.ts";
import { until } from "../../_support/until.ts";

const signal = new AbortController().signal;
const stdio: TaskDeps["stdio"] = {
  mode: "auto",
  drainTimeoutMs: 100,
  streams: { whenReaderIsAway: "block", dropBufferBytes: 65_536, loggerTimes },
};

/**
 * A container with execs, each with its own FIFOs. The fake runtime starts no process, so the test writes their output.
 */
class Scene implements Disposable {
  readonly f: TaskFixture;
  readonly #fifos: Fifo[] = [];
  init = 0;

  constructor(absentReaderMs: number, deps: Partial<TaskDeps> = {}) {
    this.f = openTasks({ stdio: { ...stdio, absentReaderMs }, ...deps });
  }

  async start(): Promise<void> {
    this.init = await this.f.create("c");
    await this.f.tasks.start("c", "", signal);
    openFiles(); // descriptors that are opened only once are now open
  }

  /**
   * Starts an exec that writes and exits; resolves with its stdout when the exit is reported. `reader`: stdout is
   * opened before the start.
   */
  async runExec(execId: string, { text = "", reader = false } = {}): Promise<Fifo> {
    const { f } = this;
    const dir = f.bundle("fifos");
    const [stdin, stdout] = [new Fifo(join(dir, `${execId}-in`)), new Fifo(join(dir, `${execId}-out`))];
    this.#fifos.push(stdin, stdout);
    if (reader) stdout.open(constants.O_RDONLY);
    await f.addExec("c", execId, { stdin: stdin.path, stdout: stdout.path });
    f.runtime.onExec = async (request) => {
      if (text !== "") writeSync(request.stdio.stdout, text);
      writeFileSync(join(f.bundle("c"), `exec-${execId}.pid`), "1");
    };
    const pid = await f.tasks.start("c", execId, signal);
    const exit = f.tasks.process("c", execId).wait(signal);
    f.reaper.exit(pid, 0);
    await exit;
    return stdout;
  }

  [Symbol.dispose](): void {
    for (const fifo of this.#fifos) fifo[Symbol.dispose]();
    this.f[Symbol.dispose]();
  }
}

test.serial("exec – its client neither reads nor deletes – holds no descriptor and no file any more", async (t) => {
  using scene = new Scene(50);
  await scene.start();
  const before = openFiles().length;
  for (const text of ["", "unread\n"]) await scene.runExec(`e${text.length}`, { text });
  await until(() => openFiles().length === before, "the descriptors are closed");
  t.false(existsSync(join(scene.f.bundle("c"), "exec-e7.pid")));
  t.is((await scene.f.tasks.process("c", "e7").wait(signal))?.exitStatus, 0);
  t.is((await scene.f.tasks.delete("c", "e7", signal)).exit_status, 0);
});

test.serial("exec – output that a client has open for reading – stays until it has read", async (t) => {
  using scene = new Scene(0);
  await scene.start();
  const before = openFiles().length;
  const stdout = await scene.runExec("e", { text: "late\n", reader: true });
  // Meanwhile the exec whose client is gone is released: the time limit has passed.
  await scene.runExec("gone", { text: "x" });
  await until(() => !existsSync(join(scene.f.bundle("c"), "exec-gone.pid")), "the other is released");
  t.true(existsSync(join(scene.f.bundle("c"), "exec-e.pid")));
  t.is(stdout.read(), "late\n");
  stdout.close();
  await until(() => openFiles().length === before, "the descriptors are closed");
});

test.serial("Delete of init – execs that no client has deleted – leave no descriptor and no file", async (t) => {
  using scene = new Scene(1_000_000);
  const before = openFiles().length;
  await scene.start();
  for (const execId of ["a", "b"]) await scene.runExec(execId, { text: "unread\n" });
  await scene.f.addExec("c", "never-started");
  const waiting = scene.f.tasks.process("c", "never-started").wait(signal);
  scene.f.reaper.exit(scene.init, 0);
  await scene.f.tasks.process("c", "").wait(signal);
  const container = scene.f.tasks.container("c");
  await scene.f.tasks.delete("c", "", signal);
  t.is(container.execs.length, 0);
  t.is(await waiting, undefined);
  await until(() => openFiles().length === before, "the descriptors are closed");
  t.false(existsSync(join(scene.f.bundle("c"), "exec-a.pid")));
});

test.serial("Delete of init – an exec whose Start is in progress – is released after it", async (t) => {
  using scene = new Scene(1_000_000, { execExitsTimeoutMs: 1 });
  await scene.start();
  const before = openFiles().length;
  const stdout = new Fifo(join(scene.f.bundle("fifos"), "hangs"));
  await scene.f.addExec("c", "hangs", { stdout: stdout.path });
  const { promise, reject } = Promise.withResolvers<void>();
  scene.f.runtime.onExec = () => promise;
  const starting = scene.f.tasks.start("c", "hangs", signal);
  const failed = t.throwsAsync(starting, { message: "too late" });
  await until(() => scene.f.runtime.calls.includes("exec hangs"), "the runtime works on it");
  scene.f.reaper.exit(scene.init, 0);
  await scene.f.tasks.process("c", "").wait(signal);
  const pidFile = join(scene.f.bundle("c"), "exec-hangs.pid");
  writeFileSync(pidFile, "1");
  await scene.f.tasks.delete("c", "", signal);
  t.false(existsSync(pidFile));
  writeFileSync(pidFile, "2"); // of the next container with this bundle
  reject(new Error("too late"));
  await failed;
  await until(() => openFiles().length === before, "the descriptors are closed");
  t.true(existsSync(pidFile));
  stdout[Symbol.dispose]();
});

test.serial(
  "exec – one more than a container may have – the oldest that has ended is forgotten, none that runs",
  async (t) => {
    using scene = new Scene(0);
    await scene.start();
    const { f } = scene;
    await f.addExec("c", "ended");
    const pid = await f.tasks.start("c", "ended", signal);
    f.reaper.exit(pid, 0);
    await until(() => f.tasks.process("c", "ended").io === undefined, "it is released");
    const container = f.tasks.container("c");
    const { paths } = container.init;
    for (let index = 1; index < 10_000; index++) container.execAdded({ execId: `${index}`, paths, spec: {} });
    await f.addExec("c", "more");
    t.false(container.hasExec("ended"));
    await t.throwsAsync(f.addExec("c", "too-many"), { message: /container c has 10000 execs/ });
  },
);
