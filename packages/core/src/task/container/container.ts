import type { Cgroup } from "../../cgroups/cgroup.ts";
import type { Metrics } from "../../cgroups/metrics/metrics.ts";
import type { OomWatch } from "../../cgroups/oom.ts";
import { notFound, resourceExhausted } from "../../errors/errors.ts";
import type { ProcessStdio } from "../../io/process-io.ts";
import type { ContainerRef, Created, RestoreRequest, Runtime } from "../../runtime/runtime.ts";
import { CommandLimit } from "./command-limit.ts";
import type { Journal } from "./journal.ts";
import type { Process } from "./process.ts";

/** The result of the runtime's delete of a container. */
export interface Forgotten {
  readonly isForgotten: boolean;
  /** Why it failed. */
  readonly error?: unknown;
  /** The command was cut off, and perhaps a `poststop` hook with it. */
  readonly isCutOff?: boolean;
}

export const notTried: Promise<Forgotten> = Promise.resolve({ isForgotten: false });

/**
 * Most execs of one container at a time. Beyond that, the oldest of those that have ended and that no client has
 * deleted are forgotten.
 */
const maxExecs = 10_000;

/** A container of this daemon: its init process, its execs and its runtime. */
export class Container {
  readonly ref: ContainerRef;
  readonly runtime: Runtime;
  readonly init: Process;
  readonly execs = new Map<string, Process>();
  /** Ids of execs that hooks are judging. No client can start them yet. */
  readonly reservedExecs = new Set<string>();
  /** True: the kernel kills every process of the container when its init exits. */
  readonly privatePidNamespace: boolean;
  readonly annotations: Readonly<Record<string, string>>;
  readonly commands: CommandLimit;
  journal: Journal;
  /** Undefined: no cgroup of its own was found. */
  cgroup: Cgroup | undefined;
  /** As `Created.sandbox`. */
  sandbox: Created["sandbox"];
  /**
   * The image from which Start restores the container. Undefined: it is created and started, or was restored already.
   */
  restoreFrom: Pick<RestoreRequest, "imagePath" | "parentPath"> | undefined;
  /**
   * Init's ends of its streams while they wait for Start: for a runtime that takes them only then, or for a restore.
   */
  startStdio: ProcessStdio | undefined;
  /** Undefined before the runtime's create, and if nothing counts OOM kills. */
  oomWatch: OomWatch | undefined;
  /**
   * What Stats last answered, or what was read when init exited. Used if the cgroup is removed before the container is.
   */
  lastMetrics: Metrics | undefined;
  /** Execs whose start has begun and whose exit has not been reported. Init's exit is reported after theirs. */
  liveExecs = 0;
  /** Called once, when `liveExecs` falls to 0. */
  onExecsGone: (() => void) | undefined;
  /** Where the last checkpoint is; undefined if there was none, or it failed. */
  checkpointPath: string | undefined;
  /** `preStop` has run. */
  stopAnnounced = false;
  /** Hooks that run after the exit was reported; Delete waits for them. */
  afterExit: Promise<void> = Promise.resolve();

  /** As `poststopLimitMs`: the runtime's delete may take this much longer. */
  poststopMs = 0;

  /** Resolves with whether the runtime has forgotten the container since its end. If not, Delete makes it do so. */
  forgotten: Promise<Forgotten> = notTried;
  /** True once the runtime has forgotten the container: no command finds it any more. */
  isForgotten = false;

  constructor(fields: Pick<Container, "ref" | "runtime" | "init" | "privatePidNamespace" | "annotations" | "journal">) {
    this.ref = fields.ref;
    this.commands = new CommandLimit(fields.ref.id);
    this.runtime = fields.runtime;
    this.init = fields.init;
    this.privatePidNamespace = fields.privatePidNamespace;
    this.annotations = fields.annotations;
    this.journal = fields.journal;
  }

  /**
   * Returns init for the empty id, else the exec.
   * @throws {StatusError} NotFound – no such exec.
   */
  process(execId: string): Process {
    if (execId === "") return this.init;
    const exec = this.execs.get(execId);
    if (exec === undefined) throw notFound(`process does not exist ${execId}: not found`);
    return exec;
  }

  /**
   * Reserves an exec's id and makes room for one more exec. Disposing the result ends the reservation.
   * @throws {StatusError} ResourceExhausted – there are 10,000, and none of them has ended.
   */
  reserveExec(execId: string): Disposable {
    const { execs, reservedExecs } = this;
    if (execs.size + reservedExecs.size >= maxExecs) {
      const oldest = [...execs.values()].find(({ state, io }) => state === "stopped" && io === undefined);
      if (oldest === undefined) throw resourceExhausted(`container ${this.ref.id} has ${execs.size} execs`);
      execs.delete(oldest.execId);
    }
    reservedExecs.add(execId);
    return { [Symbol.dispose]: () => reservedExecs.delete(execId) };
  }

  /** Called when an exec that counted in `liveExecs` has ended, or could not be started. */
  execGone(): void {
    this.liveExecs -= 1;
    if (this.liveExecs > 0) return;
    this.onExecsGone?.();
    this.onExecsGone = undefined;
  }
}
