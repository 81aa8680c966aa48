import type { RuntimeOptions } from "../runtime/options.ts";
import type { ContainerRef } from "../runtime/runtime.ts";
import type { LogRecord } from "./log-records.ts";

/**
 * What distinguishes one OCI command line from another: plain data and pure functions. `OciRuntime` does the rest. An
 * adapter that needs more (an exit that only the runtime knows, pids of its own) implements `Runtime` around an
 * `OciRuntime`.
 */
export interface OciDialect {
  /** Name of the runtime, as in `Runtime.name`. */
  readonly name: string;
  /** Executable if the container's options name none; looked up in PATH. */
  readonly defaultBinary: string;
  /** State root if the container's options name none; the namespace is appended. */
  readonly defaultRoot: string;
  /**
   * Global flags in addition to the shared ones (`--root`, `--log`, `--log-format`, `--systemd-cgroup`); the same on
   * every call.
   */
  globalArgs?(container: ContainerRef): readonly string[];
  /** True: global flags have the form `--flag=value`. Default: two words, as in containerd's shim. */
  readonly joinsGlobalFlags?: boolean;
  /** Flags of `create` in addition to `--bundle`, `--pid-file` and `--console-socket`. */
  createArgs?(options: RuntimeOptions): readonly string[];
  /**
   * The message of a failed call, taken from the records that it logged; undefined: there is none, so stderr is used.
   */
  errorText(records: readonly LogRecord[]): string | undefined;
  /** Whether the text of a failed call says that the runtime knows no such container. */
  isAbsent(text: string): boolean;
  /** Whether the text of a failed `kill` says that the process has already ended. */
  isStopped(text: string): boolean;
  /** Absent: the runtime does not support checkpoints by CRIU. */
  readonly criu?: CriuDialect;
  /**
   * Pids, as the host sees them, from the output of `ps --format=json`. Absent: `ps` of this runtime cannot be used.
   */
  parsePids?(stdout: string): readonly number[];
}

/** `createArgs` for a runtime whose `create` has runc's flags. */
export function runcCreateArgs(options: RuntimeOptions): readonly string[] {
  const args: string[] = [];
  if (options.noPivotRoot) args.push("--no-pivot");
  if (options.noNewKeyring) args.push("--no-new-keyring");
  return args;
}

/** How a runtime calls CRIU. */
export interface CriuDialect {
  /** Flags of `restore` in addition to the shared ones. */
  restoreArgs(options: RuntimeOptions): readonly string[];
  /** Whether the runtime has the flag `--empty-ns`. */
  readonly hasEmptyNamespaces: boolean;
  /** Whether the text of a failed call says that this build of the runtime lacks CRIU or cannot find its library. */
  isMissing?(text: string): boolean;
}
