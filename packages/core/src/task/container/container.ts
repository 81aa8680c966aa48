import type { Cgroup } from "../../cgroups/cgroup.ts";
import type { Metrics } from "../../cgroups/metrics/metrics.ts";
import type { OomWatch } from "../../cgroups/oom.ts";
import { notFound, resourceExhausted } from "../../errors/errors.ts";
import type { ProcessStdio } from "../../io/process-io.ts";
import type { ContainerRef, Created, RestoreRequest, Runtime } from "../../runtime/runtime.ts";
import { CommandLimit } from "./command-limit.ts";
import type { Journal } from "./journal.ts";
import type { Process } from "./process.ts";

/** How far the runtime's delete of a container has come. */
export interface Forgotten {
  readonly isForgotten: boolean;
  /** Why it failed. */
  readonly error?: unknown;
  /** It was ended, and with it perhaps a `poststop` hook. */
  readonly isCutOff?: boolean;
}

export const notTried: Promise<Forgotten> = Promise.resolve({ isForgotten: false });

/** Execs of one container that may be known at a time. Of those that have ended and that no client deletes, the oldest are forgotten. */
const maxExecs = 10_000;

/** A container of this daemon: its init process, its execs, and who runs it. */
export class Container {
  readonly ref: ContainerRef;
  readonly runtime: Runtime;
  readonly init: Process;
  readonly execs = new Map<string, Process>();
  /** Ids of execs that hooks are asked about: nobody can start them yet. */
  readonly reservedExecs = new Set<string>();
  /** True: the kernel ends every process of the container with its init. */
  readonly privatePidNamespace: boolean;
  readonly annotations: Readonly<Record<string, string>>;
  readonly commands: CommandLimit;
  journal: Journal;
  /** Undefined: it has none of its own that could be found. */
  cgroup: Cgroup | undefined;
  /** As `Created.sandbox`. */
  sandbox: Created["sandbox"];
  /** The image that its Start restores it from. Undefined: it is created and started, or restored already. */
  restoreFrom: Pick<RestoreRequest, "imagePath" | "parentPath"> | undefined;
  /** Init's ends, as long as they wait for a runtime that takes them at start. */
  startStdio: ProcessStdio | undefined;
  /** Undefined: before the runtime's create, and where nothing counts. */
  oomWatch: OomWatch | undefined;
  /** The last that Stats answered, or that init's end left: for when the cgroup goes before the container does. */
  lastMetrics: Metrics | undefined;
  /** Execs whose start has begun and whose exit has not been reported. Init's exit is reported after theirs. */
  liveExecs = 0;
  /** Called once, when `liveExecs` falls to 0. */
  onExecsGone: (() => void) | undefined;
  /** `preStop` has run. */
  stopAnnounced = false;
  /** Hooks that run after the exit was reported; Delete waits for them. */
  afterExit: Promise<void> = Promise.resolve();

  /** As `poststopLimitMs`: the runtime's delete takes so much longer. */
  poststopMs = 0;

  /** Whether the runtime has forgotten the container since its end; Delete sees to it otherwise. */
  forgotten: Promise<Forgotten> = notTried;
  /** True once the runtime has forgotten the container: no command would find it any more. */
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
   * Makes room for one more exec.
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

  /** An exec that counted in `liveExecs` is over, or was never started. */
  execGone(): void {
    this.liveExecs -= 1;
    if (this.liveExecs > 0) return;
    this.onExecsGone?.();
    this.onExecsGone = undefined;
  }
}
