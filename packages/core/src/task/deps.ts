import type { Cgroup } from "../cgroups/cgroup.ts";
import type { OomWatcher } from "../cgroups/oom.ts";
import type { Publisher } from "../events/publisher.ts";
import type { HookRunner } from "../hooks/hook-runner.ts";
import type { LoggerTimes } from "../io/logger/supervised-logger.ts";
import type { OpenIo, ReaderPolicy } from "../io/stream.ts";
import type { Logger } from "../log/logger.ts";
import type { Libc } from "../native/libc.ts";
import type { CommandRunner } from "../reaper/command.ts";
import type { Reaper } from "../reaper/reaper.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { DaemonIdentity } from "./container/journal.ts";

/** A logger that can be told where the lines of a container go. */
export interface BundleLog extends Logger {
  attach(id: string, bundle: string): void;
  detach(id: string): void;
}

/** The runtime of a container, as the configuration has it. */
export interface ChosenRuntime {
  /** Name in the configuration and in the launcher's file name; the runtime's own may be another. */
  readonly name: string;
  readonly runtime: Runtime;
  /** Used where the client's options say nothing. */
  readonly defaults: { readonly binaryName?: string | undefined; readonly root?: string | undefined };
}

/** What the configuration says about streams. */
export interface StdioSettings extends ReaderPolicy {
  /** "auto": the container writes into the client's FIFO itself wherever that is safe; "pipe": never. */
  readonly mode: "auto" | "pipe";
  /** How long Delete waits for output that a left-over process holds back. */
  readonly drainTimeoutMs: number;
  /** How long output of an exec that has ended is kept though no client has it open for reading. Default 10,000. */
  readonly absentReaderMs?: number;
  readonly loggerTimes: LoggerTimes;
  /** Soft RLIMIT_NOFILE of loggers. Default: the shim's own. */
  readonly openFilesSoftLimit?: number | undefined;
}

/** What the verbs of the Task API work with. One object for the daemon's life; no verb keeps state of its own. */
export interface TaskDeps {
  readonly namespace: string;
  /** Identity of this daemon, for the journals. */
  readonly daemon: DaemonIdentity;
  readonly libc: Libc;
  readonly reaper: Pick<Reaper, "watch" | "hold">;
  readonly oom: Pick<OomWatcher, "watch">;
  /** The cgroup of a process; undefined: it has none of its own. */
  readonly findCgroup: (pid: number) => Cgroup | undefined;
  readonly commands: Pick<CommandRunner, "run">;
  readonly publisher: Publisher;
  readonly hooks: HookRunner;
  readonly log: BundleLog;
  readonly stdio: StdioSettings;
  /** What the runtime's delete may take at the end of a container, its `poststop` hooks apart. Default 10,000. */
  readonly forgetLimitMs?: number;
  readonly openIo: OpenIo;
  /** How often it is checked that the bundle of a container that has ended is still there. Default: 5 s. */
  readonly abandonedCheckMs?: number | undefined;
  /** How long one attempt to delete such a container may take; default: 30 s. */
  readonly abandonedTimeoutMs?: number;
  /**
   * Returns the runtime that a container was started for.
   * @throws {StatusError} NotFound – no such runtime is configured.
   */
  runtimeOf(id: string, bundle: string): Promise<ChosenRuntime>;
  /** The container is gone: its claim on this daemon ends. */
  released(id: string): void;
  /** The number of containers has changed. */
  containersChanged(count: number): void;
}
