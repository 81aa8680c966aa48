import type { Cgroup } from "../cgroups/cgroup.ts";
import type { OomWatcher } from "../cgroups/oom.ts";
import type { Publisher } from "../events/publisher.ts";
import type { HookRunner } from "../hooks/chain/hook-runner.ts";
import type { OpenIo, StreamSettings } from "../io/open-io-options.ts";
import type { Logger } from "../log/logger.ts";
import type { Libc } from "../native/libc.ts";
import type { CommandRunner } from "../reaper/command.ts";
import type { Reaper } from "../reaper/reaper.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { DaemonIdentity } from "./container/journal.ts";

/** A logger that writes the lines of each attached container to that container's bundle. */
export interface BundleLog extends Logger {
  attach(id: string, bundle: string): void;
  detach(id: string): void;
}

/** The runtime of a container, as configured. */
export interface ChosenRuntime {
  /** Name in the configuration and in the launcher's file name. The runtime's own name may differ. */
  readonly name: string;
  readonly runtime: Runtime;
  /** Used for options that the client does not set. */
  readonly defaults: { readonly binaryName?: string | undefined; readonly root?: string | undefined };
}

/** The configuration's settings for streams. */
export interface StdioSettings {
  /** "auto": the container writes into the client's FIFO itself where that is safe. "pipe": it never does. */
  readonly mode: "auto" | "pipe";
  /** How long Delete waits for output that a left-over process still holds open. */
  readonly drainTimeoutMs: number;
  /** How long the output of an ended exec is kept while no client has it open for reading. Default: 10,000. */
  readonly absentReaderMs?: number;
  readonly streams: StreamSettings;
}

/**
 * Dependencies of the Task API's calls. There is one object for the daemon's lifetime. No call keeps state of its own.
 */
export interface TaskDeps {
  readonly namespace: string;
  /** Identity of this daemon, for the journals. */
  readonly daemon: DaemonIdentity;
  readonly libc: Libc;
  readonly reaper: Pick<Reaper, "watch" | "hold">;
  readonly oom: Pick<OomWatcher, "watch">;
  /** Returns the cgroup of a process; undefined if it has none of its own. */
  readonly findCgroup: (pid: number) => Cgroup | undefined;
  readonly commands: Pick<CommandRunner, "run">;
  readonly publisher: Publisher;
  readonly hooks: HookRunner;
  readonly log: BundleLog;
  readonly stdio: StdioSettings;
  /**
   * How long the runtime's early delete of an ended container may take, excluding its `poststop` hooks. Default:
   * 10,000.
   */
  readonly forgetLimitMs?: number;
  readonly openIo: OpenIo;
  /** How long init's exit waits for exits of execs that the runtime does not deliver. Default: 10,000. */
  readonly execExitsTimeoutMs?: number;
  /** How often the daemon checks that the bundle of an ended container still exists. Default: 5 s. */
  readonly abandonedCheckMs?: number | undefined;
  /** How long one attempt to delete such a container may take; default: 30 s. */
  readonly abandonedTimeoutMs?: number;
  /**
   * Returns the runtime that a container was started for.
   * @throws {StatusError} NotFound – no such runtime is configured.
   */
  runtimeOf(id: string, bundle: string): Promise<ChosenRuntime>;
  /** Called when a container is gone: ends its claim on this daemon. */
  released(id: string): void;
  /** Called when the number of containers has changed. */
  containersChanged(count: number): void;
}
