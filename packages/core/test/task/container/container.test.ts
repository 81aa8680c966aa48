import { isDeepStrictEqual } from "node:util";
import test, { type ExecutionContext } from "ava";
import { silentLogger } from "../../../src/log/logger.ts";
import type { Runtime } from "../../../src/runtime/runtime.ts";
import { formatExactJson, parseExactJson } from "../../../src/spec/exact-json.ts";
import { listPids } from "../../../src/task/calls/pids.ts";
import { readState } from "../../../src/task/calls/state.ts";
import { CommandLimit } from "../../../src/task/container/command-limit.ts";
import { Container } from "../../../src/task/container/container.ts";
import { ContainerHandles } from "../../../src/task/container/container-handles.ts";
import { newContainer } from "../../../src/task/container/container-record.ts";
import { owedStages } from "../../../src/task/container/journal.ts";
import type { Process } from "../../../src/task/container/process.ts";
import type { TaskDeps } from "../../../src/task/deps.ts";
import { rebuild } from "../../_support/rebuilding-table.ts";
import { FakeRuntime } from "../../_support/task-fixture.ts";
import { until } from "../../_support/until.ts";

const daemon = { pid: 7, directory: "/run/dunnage/d/7.1" };
const paths = { terminal: false, stdin: "", stdout: "/out", stderr: "" };
const allPids = Array.from({ length: 40 }, (_, index) => index + 2);
const runtime: Runtime = Object.assign(new FakeRuntime(), { pids: async () => allPids });
const newHandles = (limitMs?: number): ContainerHandles =>
  new ContainerHandles(runtime, new CommandLimit("c", limitMs));

/** Random numbers that a seed determines (mulberry32). */
class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** 0 ≤ result < sides */
  roll(sides: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let x = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
    return ((x ^ (x >>> 14)) >>> 0) % sides;
  }

  pick<T>(values: readonly T[]): T {
    return values[this.roll(values.length)] as T;
  }
}

type Fact<T> = (target: T) => void;

/** What may happen to a process. */
function processFact(dice: Dice): Fact<Process> {
  const pid = dice.pick(allPids);
  const exit = { pid, exitStatus: dice.roll(256), exitedAt: new Date(dice.roll(2 ** 31)) };
  const size = { width: dice.roll(200), height: dice.roll(50) };
  const internalPid = dice.pick([undefined, dice.pick(allPids)]);
  const stdioAtStart = dice.pick([undefined, true]);
  return dice.pick<Fact<Process>>([
    (process) => process.starting(),
    (process) => process.created({ pid, internalPid, stdioAtStart }),
    (process) => process.stdioTaken(),
    (process) => process.running(),
    (process) => process.running(),
    (process) => process.startFailed(),
    (process) => process.pausing(),
    (process) => process.paused(),
    (process) => process.reaped(exit),
    (process) => process.stopped(),
    (process) => process.abandoned(),
    (process) => process.deleted(),
    (process) => process.closeStdin(),
    (process) => process.resize(size),
  ]);
}

/** What may happen to a container, its init or one of its execs. */
function containerFact(dice: Dice): Fact<Container> {
  // Names like numbers: the order of an object's keys would not be that of the execs.
  const execId = dice.pick(["10", "2", "a"]);
  const spec = dice.pick<unknown>([{}, parseExactJson('{"user":{"uid":18446744073709551615}}')]);
  const ofProcess = processFact(dice);
  const target = dice.pick(["", "", execId, execId]);
  const number = dice.roll(1_000);
  const cgroup = dice.pick([
    undefined,
    { version: 2, dir: "/nonexistent" },
    { version: 1, dirs: { pids: "/no" } },
  ] as const);
  const sandbox = dice.pick([undefined, "own", "shared"] as const);
  const stage = dice.pick(owedStages);
  const imagePath = dice.pick([undefined, "/image"]);
  const hardening = dice.pick([undefined, [{ op: "tighten", path: "/process/noNewPrivileges", value: true }]] as const);
  const poststopMs = dice.pick([0, 1500, "unlimited"] as const);
  return dice.pick<Fact<Container>>([
    (container) => container.execAdded({ execId, paths, spec }),
    (container) => container.execAdded({ execId, paths, spec }),
    (container) => container.execDeleted(execId),
    (container) => container.adjusted({ hardening, poststopMs }),
    (container) => container.created({ pid: number + 2, sandbox }, cgroup),
    (container) => container.stopAnnounced(),
    (container) => container.checkpointed(imagePath),
    (container) => container.oomKilled(number),
    (container) => container.measured({ type_url: "m", value: Uint8Array.of(number & 255, 255, 0) }),
    (container) => container.forgotten(),
    (container) => container.hooksRan(stage, { eventId: `e${number}`, done: number % 2 === 0 }),
    ...Array.from({ length: 10 }, () => (container: Container) => ofProcess(container.process(target))),
  ]);
}

/** Returns the message of the error that a fact leads to; undefined if it is legal. */
function apply(fact: Fact<Container>, container: Container): string | undefined {
  try {
    fact(container);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Returns what clients, hooks and the journal see of a container. */
async function answers(container: Container): Promise<unknown> {
  const processes = [container.init, ...container.execs];
  const signal = new AbortController().signal;
  const deps = { log: silentLogger } as unknown as TaskDeps;
  return {
    states: processes.map(({ execId }) => readState(container, execId)),
    waits: await Promise.all(processes.map((process) => process.wait(AbortSignal.abort("pending")).catch(String))),
    processes: processes.map(({ isGone, isLive, spec, size, listedPid, exit }) => {
      return { isGone, isLive, spec, size, listedPid, exit };
    }),
    pids: await listPids({ deps, container, signal, attempt: 0 }),
    journal: JSON.parse(JSON.stringify(container.journal(daemon))),
    others: [
      container.cgroup,
      container.sandbox,
      container.oomKills,
      container.isForgotten,
      container.isStopAnnounced,
      container.checkpointPath,
    ],
    limits: [container.poststopMs, container.hardening, container.hasLiveExecs, container.restoreFrom],
    metrics: Buffer.from(container.lastMetrics?.value ?? []).toString("hex"),
  };
}

function begin(dice: Dice): Container {
  const ref = { id: "c", namespace: "n", bundle: "/b", options: {} as Container["ref"]["options"] };
  const restoreFrom = dice.pick([undefined, { imagePath: "/image", parentPath: "" }]);
  const fields = { ref, runtimeName: "fake", annotations: { a: "1" }, privatePidNamespace: true, paths, restoreFrom };
  return Container.from(newContainer(fields), newHandles());
}

const toJson = ({ record }: Container): unknown => parseExactJson(formatExactJson(record));

/** As `t.deepEqual`, which takes half a millisecond even for equal values. */
function equal(t: ExecutionContext, [actual, expected]: readonly [unknown, unknown], where: string): void {
  if (!isDeepStrictEqual(actual, expected)) t.deepEqual(actual, expected, where);
}

async function check(t: ExecutionContext, seed: number): Promise<Set<string>> {
  const seen = new Set<string>();
  const dice = new Dice(seed);
  const kept = begin(dice);
  let rebuilt = rebuild(kept, newHandles());
  for (let step = 0; step < 60; step++) {
    const fact = containerFact(dice);
    const where = `seed ${seed}, step ${step}: ${fact}`;
    const refusal = apply(fact, kept);
    equal(t, [apply(fact, rebuilt), refusal], where);
    rebuilt = rebuild(rebuilt, newHandles());
    equal(t, [await answers(rebuilt), await answers(kept)], where);
    equal(t, [toJson(rebuilt), toJson(kept)], where);
    seen.add(kept.init.state);
  }
  return seen;
}

test("Container – any sequence of facts, rebuilt after each – answers and continues like one that was not", async (t) => {
  const seen = new Set<string>();
  for (let seed = 1; seed <= 60; seed++) for (const state of await check(t, seed)) seen.add(state);
  const states = ["created", "createdCheckpoint", "running", "pausing", "paused", "stopped", "deleted"];
  t.deepEqual([...seen].sort(), states.sort());
});

test("Container – rebuilt after init was reaped – a command that starts then is ended in time", async (t) => {
  const container = begin(new Dice(1));
  container.init.created({ pid: 9 });
  container.init.reaped({ pid: 9, exitStatus: 0, exitedAt: new Date() });
  const { commands } = rebuild(container, newHandles(1));
  const command = commands.with(new AbortController().signal);
  await until(() => command.aborted);
  t.regex(String(command.reason), /container c has ended/);
});
