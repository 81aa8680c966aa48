import { mkdirSync, readFileSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import test from "ava";
import type { Cgroup } from "../../../src/cgroups/cgroup.ts";
import type { TaskEvent } from "../../../src/events/publisher.ts";
import type { HookRunner } from "../../../src/hooks/chain/hook-runner.ts";
import { loggerTimes } from "../../../src/io/logger/supervised-logger.ts";
import type { ProcessIo } from "../../../src/io/process-io.ts";
import { silentLogger } from "../../../src/log/logger.ts";
import type { TaskDeps } from "../../../src/task/deps.ts";
import { RecordingLog } from "../../_support/recording-log.ts";
import { openTasks, type TaskFixture } from "../../_support/task-fixture.ts";
import { until } from "../../_support/until.ts";

const signal = new AbortController().signal;
const settings = { whenReaderIsAway: "block", dropBufferBytes: 65_536, loggerTimes } as const;
const stdio = { mode: "auto", streams: settings } as const;

const fail = (): never => {
  throw new Error("EMFILE: too many open files");
};
const reject = async (): Promise<never> => fail();

/** A part of the daemon that fails, from the start of the processes on. */
interface Failure {
  readonly deps?: Partial<TaskDeps>;
  /** Called when the processes are running. */
  readonly arm?: (f: TaskFixture) => void;
  /** The container shares a pid namespace, so the runtime is also involved in its end. */
  readonly isShared?: boolean;
}

function streams(fields: Partial<ProcessIo>): Failure {
  const io: ProcessIo = {
    stdio: { stdin: 0, stdout: 0, stderr: 0 },
    handedOver: () => {},
    closeStdin: () => {},
    processExited: () => {},
    drained: async () => true,
    close: () => {},
    ...fields,
  };
  return { deps: { openIo: async () => io } };
}

/** Returns hooks that fail at the exit of a process. */
function hooks(fields: Partial<HookRunner>): Failure {
  return {
    deps: {
      hooks: {
        flush: async () => {},
        close: () => {},
        has: () => false,
        run: async () => {},
        notify: () => {},
        ...fields,
      },
    },
  };
}

/** Returns a publisher that refuses exit events a few times before it accepts them. */
function flakyPublisher(): Failure {
  const refused = new Map<string, number>();
  return {
    arm: (f) => {
      const { publish } = f.publisher;
      f.publisher.publish = (event: TaskEvent) => {
        const times = (refused.get(event.topic) ?? 0) + 1;
        refused.set(event.topic, times);
        if (times <= 2) fail();
        publish(event);
      };
    },
  };
}

/** Returns a log that calls `failing` for every line. */
const brokenLog = (failing: () => void): TaskDeps["log"] => ({
  ...silentLogger,
  ...{ attach: () => {}, detach: () => {}, info: failing, warn: failing, error: failing },
});

/** A cgroup from which nothing can be read. */
const brokenCgroup = { version: 1 } as Cgroup;

let looks = 0;
const isOfEnd: HookRunner["has"] = (stage) => stage === "exit" || stage === "postStop";

/** Failures, by the part that fails. `failing` throws once the processes are running, and not before. */
const failures: Readonly<Record<string, (failing: () => void) => Failure>> = {
  nothing: () => ({}),
  "the log": (failing) => ({ deps: { log: brokenLog(failing) } }),
  "the log, and the streams": (failing) => ({
    deps: { ...streams({ processExited: fail, unread: fail }).deps, log: brokenLog(failing) },
  }),
  "what the streams do at the exit": () => streams({ processExited: fail }),
  "the count of unread bytes": () => streams({ unread: fail }),
  "the count of unread bytes, later": () => streams({ unread: () => (looks++ % 2 === 0 ? 7 : fail()) }),
  "the count of out-of-memory kills": () => ({
    deps: { findCgroup: () => brokenCgroup, oom: { watch: () => ({ check: fail, [Symbol.dispose]: fail }) } },
  }),
  "the list of hooks": (failing) => hooks({ has: () => failing() === undefined && false }),
  "the queue of hooks": () => hooks({ has: isOfEnd, notify: fail }),
  "a hook, at once": () => hooks({ has: isOfEnd, run: fail }),
  "a hook, later": () => hooks({ has: isOfEnd, run: reject }),
  "the publisher": flakyPublisher,
  "the runtime, at once": () => ({
    isShared: true,
    arm: ({ runtime }) => void Object.assign(runtime, { kill: fail, resume: fail, delete: fail }),
  }),
  "the runtime, later": () => ({
    isShared: true,
    arm: ({ runtime }) => void Object.assign(runtime, { kill: reject, resume: reject, delete: reject }),
  }),
  "the journal": () => ({ arm: (f) => mkdirSync(join(f.tasks.container("c").ref.bundle, "dunnage.json.tmp")) }),
};

/** Ways in which the daemon learns that init has exited. */
const ways = {
  "its pid's exit": () => undefined,
  "the runtime's word": () => ({ exitStatus: 9 }),
  "its pid's exit, as the runtime fails": fail,
};

for (const [what, toFailure] of Object.entries(failures)) {
  for (const [way, answer] of Object.entries(ways)) {
    test(`exit, reported by ${way} – ${what} fails – state, Wait and event say it, once and in order`, async (t) => {
      const over = Promise.withResolvers<void>();
      let isArmed = false;
      const failure = toFailure(() => {
        if (isArmed) fail();
      });
      using f = openTasks(failure.deps ?? {});
      if (way !== "its pid's exit") {
        Object.assign(f.runtime, { wait: () => over.promise.then(answer) });
      }
      const pid = await f.create("c", failure.isShared === true ? [] : undefined);
      await f.tasks.start("c", "", signal);
      await f.addExec("c", "e");
      const execPid = await f.tasks.start("c", "e", signal);
      isArmed = true;
      failure.arm?.(f);
      const answers = ["e", ""].map((execId) => f.tasks.process("c", execId).wait(signal));
      f.reaper.exit(execPid, 7);
      over.resolve();
      if (way !== "the runtime's word") f.reaper.exit(pid, 9);
      t.deepEqual(
        (await Promise.all(answers)).map((outcome) => outcome?.exitStatus),
        [7, 9],
      );
      t.is(f.tasks.process("c", "").state, "stopped");
      await until(() => f.events.length >= 6);
      t.deepEqual(f.events.slice(4), ["/tasks/exit e 7", "/tasks/exit c 9"]);
      await Promise.all([f.tasks.container("c").ending.afterExit, f.tasks.container("c").ending.forgetting]);
    });
  }
}

test("exit – the journal cannot be written – is there when it can be", async (t) => {
  using f = openTasks();
  const pid = await f.create("c");
  await f.tasks.start("c", "", signal);
  const { bundle } = f.tasks.container("c").ref;
  mkdirSync(join(bundle, "dunnage.json.tmp"));
  f.reaper.exit(pid, 42);
  t.is(f.tasks.process("c", "").state, "stopped");
  rmdirSync(join(bundle, "dunnage.json.tmp"));
  await until(() => readFileSync(join(bundle, "dunnage.json"), "utf8").includes('"exitStatus":42'));
  await until(() => readFileSync(join(bundle, "exit"), "utf8") === "42");
});

test("delete – hooks, streams and runtime fail while an exit is reported – works as soon as they do", async (t) => {
  using f = openTasks({
    ...streams({ processExited: fail }).deps,
    ...hooks({ run: reject, has: (stage) => stage === "exit" }).deps,
  });
  const pid = await f.create("c");
  await f.tasks.start("c", "", signal);
  let isBroken = true;
  f.runtime.onDelete = async () => {
    if (isBroken) fail();
  };
  f.reaper.exit(pid, 5);
  await f.tasks.container("c").ending.forgetting;
  await t.throwsAsync(f.tasks.delete("c", "", signal));
  isBroken = false;
  t.is((await f.tasks.delete("c", "", signal)).exit_status, 5);
});

test("containers – the daemon cannot show how many there are – are created and deleted all the same", async (t) => {
  using f = openTasks({ containersChanged: fail, released: fail });
  await f.create("c");
  t.is(f.tasks.size, 1);
  f.runtime.onDelete = async () => f.reaper.exit(f.tasks.container("c").init.pid, 137);
  await f.tasks.delete("c", "", signal);
  t.is(f.events.at(-1), "/tasks/delete");
  await f.create("c");
  t.is(f.tasks.size, 1);
});

test("Start of an exec – the second, after one that failed – Wait answers its own end", async (t) => {
  using f = openTasks();
  await f.create("c");
  await f.tasks.start("c", "", signal);
  await f.addExec("c", "e");
  f.runtime.onExec = reject;
  await t.throwsAsync(f.tasks.start("c", "e", signal));
  t.is(f.tasks.process("c", "e").state, "created");
  t.is(await f.tasks.process("c", "e").wait(signal), undefined);
  f.runtime.onExec = async () => {};
  const pid = await f.tasks.start("c", "e", signal);
  const waiting = f.tasks.process("c", "e").wait(signal);
  f.reaper.exit(pid, 7);
  t.is((await waiting)?.exitStatus, 7);
});

test("Delete of an exec – another process holds its output, and nothing is unread – does not wait as that of a container", async (t) => {
  const { deps } = streams({ drained: (ms) => sleep(ms, false) });
  using f = openTasks({ ...deps, stdio: { ...stdio, drainTimeoutMs: 600_000 } });
  await f.create("c");
  await f.tasks.start("c", "", signal);
  await f.addExec("c", "e");
  f.reaper.exit(await f.tasks.start("c", "e", signal), 0);
  await f.tasks.process("c", "e").wait(signal);
  t.is((await f.tasks.delete("c", "e", signal)).exit_status, 0);
});

test("Delete of an exec – its client is slow, but reads – waits for all of its output", async (t) => {
  let leftMs = 5_000;
  const log = Object.assign(new RecordingLog(), { attach: () => {}, detach: () => {} });
  const { deps } = streams({
    drained: async (ms) => {
      leftMs -= ms;
      return leftMs <= 0;
    },
    unread: () => Math.max(0, leftMs),
  });
  using f = openTasks({ ...deps, log, stdio: { ...stdio, drainTimeoutMs: 10_000 } });
  await f.create("c");
  await f.tasks.start("c", "", signal);
  await f.addExec("c", "e");
  f.reaper.exit(await f.tasks.start("c", "e", signal), 0);
  await f.tasks.process("c", "e").wait(signal);
  await f.tasks.delete("c", "e", signal);
  t.deepEqual(log.messages("warn"), []);
});

for (const isShared of [false, true])
  test(`exit of a created init after its Delete – ${isShared ? "shared" : "private"} pid namespace – Wait is answered, nothing runs under the id`, async (t) => {
    const stages: string[] = [];
    const run = async (stage: string): Promise<void> => void stages.push(stage);
    using f = openTasks({ ...hooks({ has: isOfEnd, run }).deps });
    const pid = await f.create("c", isShared ? [] : undefined);
    const waiting = f.tasks.process("c", "").wait(signal);
    await f.tasks.delete("c", "", signal); // no exit arrives in time
    t.is(await waiting, undefined);
    const [calls, events] = [[...f.runtime.calls], [...f.events]];
    f.reaper.exit(pid, 137);
    await sleep(0);
    t.deepEqual(f.runtime.calls, calls);
    t.deepEqual(f.events, events);
    t.deepEqual(stages, []);
  });

test("Start of an exec – init ends while its streams are opened – FailedPrecondition, the streams are closed", async (t) => {
  const opened = Promise.withResolvers<void>();
  let closed = 0;
  const { openIo } = streams({ close: () => closed++ }).deps ?? {};
  using f = openTasks({
    openIo: async (...args) => {
      if (f.tasks.find("c") !== undefined) await opened.promise;
      return (openIo ?? fail)(...args);
    },
  });
  const pid = await f.create("c");
  await f.tasks.start("c", "", signal);
  await f.addExec("c", "e");
  const starting = f.tasks.start("c", "e", signal);
  await until(() => f.tasks.container("c").hasLiveExecs);
  f.reaper.exit(pid, 0);
  opened.resolve();
  await t.throwsAsync(starting, { message: /init process is not running/ });
  t.false(f.runtime.calls.includes("exec e"));
  t.is(closed, 1);
});

test("exit of init – its event and answers are sent – before a process is started for the runtime's delete", async (t) => {
  const steps: string[] = [];
  const publisher = { publish: () => setImmediate(() => steps.push("sent")), flush: async () => {}, close: () => {} };
  using f = openTasks({ publisher });
  f.runtime.onDelete = async () => void steps.push("delete");
  const pid = await f.create("c1");
  await f.tasks.start("c1", "", signal);
  await until(() => steps.length === 2);
  f.reaper.exit(pid, 0);
  await until(() => steps.length === 4);
  t.deepEqual(steps.slice(2), ["sent", "delete"]);
});
