import type { Usage } from "../cgroups/metrics/usage.ts";
import type { ProcessStdio } from "../io/process-io.ts";
import type { RuntimeOptions } from "./options.ts";

/**
 * What every call of a runtime needs to know about the container. Plain data, which the bundle's journal also stores.
 */
export interface ContainerRef {
  readonly id: string;
  readonly namespace: string;
  /** Absolute path of the OCI bundle. */
  readonly bundle: string;
  readonly options: RuntimeOptions;
}

/** A process created by the runtime. Omitted fields mean: same as runc. */
export interface Created {
  /** In the shim's pid namespace; a child or grandchild of the shim. */
  readonly pid: number;
  /**
   * Set if `pid` is a sandbox whose processes the host cannot see: the container's `own` sandbox, or a `shared` one,
   * which belongs to another container and which this one has joined. The runtime then supplies pids and metrics; the
   * cgroup of a shared sandbox says nothing about a single container.
   */
  readonly sandbox?: "own" | "shared" | undefined;
  /**
   * True: init's stdio is taken at `start`, so the shim keeps the process's ends and the console socket open until
   * then.
   */
  readonly stdioAtStart?: boolean | undefined;
  /** Pid of an exec inside its sandbox, as `pids` lists it. */
  readonly internalPid?: number | undefined;
}

/** The exit of an init process, as reported by its runtime. */
export interface InitExit {
  /** 0–255; 128 + signal number for a process that a signal ended. */
  readonly exitStatus: number;
  /** Default: now. */
  readonly exitedAt?: Date | undefined;
}

export interface CreateRequest {
  readonly container: ContainerRef;
  /** Stdio of the init process; with a terminal the runtime sends the pty's master to `consoleSocket` instead. */
  readonly stdio: ProcessStdio;
  readonly consoleSocket?: string | undefined;
}

export interface ExecRequest {
  readonly container: ContainerRef;
  readonly execId: string;
  /** The OCI `process` object. @see https://github.com/opencontainers/runtime-spec/blob/main/config.md#process */
  readonly process: unknown;
  readonly stdio: ProcessStdio;
  readonly consoleSocket?: string | undefined;
}

/**
 * Parameters of a checkpoint.
 * @see https://github.com/containerd/containerd/blob/main/api/types/runc/options/oci.proto CheckpointOptions
 */
export interface CheckpointRequest {
  /** Absolute path of the directory for the image; created if necessary. */
  readonly imagePath: string;
  /**
   * Absolute path of the directory for logs, which are kept. Empty: the runtime chooses one, and the logs are not kept.
   */
  readonly workPath: string;
  /** True: the container ends with its checkpoint. False: it keeps running. */
  readonly exit: boolean;
  /**
   * What may be in use: TCP connections, unix sockets whose other end is outside, a terminal from outside, file locks.
   */
  readonly openTcp: boolean;
  readonly externalUnixSockets: boolean;
  readonly terminal: boolean;
  readonly fileLocks: boolean;
  /** Types of namespaces that are restored without their contents. */
  readonly emptyNamespaces: readonly string[];
  /** `soft`, `full`, `strict`; empty: the runtime's default. */
  readonly cgroupsMode: string;
  /** Earlier checkpoint on which this one builds, relative to `imagePath`; empty: none. */
  readonly parentPath: string;
}

export interface RestoreRequest extends CreateRequest {
  /** Absolute path of a checkpoint's image. */
  readonly imagePath: string;
  /** Path of the checkpoint on which the image builds, if the image does not name it; empty: none. */
  readonly parentPath: string;
}

export interface KillRequest {
  /** Signal number, 1–64, or 0 to probe. */
  readonly signal: number;
  /** True: every process of the container, not only its init. */
  readonly all: boolean;
}

/** The exec to signal. */
export interface ExecKillRequest {
  readonly execId: string;
  /** Signal number, 0–64. */
  readonly signal: number;
}

/**
 * An OCI runtime, or anything that can run a bundle.
 *
 * Every call rejects with a `StatusError` whose message contains the runtime's own message, and honours `signal` (the
 * running command is ended). Calls for one container come one at a time, except `kill`, `pids`, `delete` with `force`,
 * and `exec`, which may run several times at once. If the runtime lacks an ability, it omits the method: the client
 * then gets Unimplemented.
 */
export interface Runtime {
  /** Name by which the configuration and the launcher know it: `runc`. */
  readonly name: string;
  /**
   * Creates the container and its init process, which does not run the user's program yet. When it rejects, even after
   * an abort, nothing of the container is left; a container that already had the id is untouched.
   */
  create(request: CreateRequest, signal: AbortSignal): Promise<Created>;
  /** Starts the user's program. `stdio`: init's ends, if `create` returned `stdioAtStart`. */
  start(container: ContainerRef, signal: AbortSignal, stdio?: ProcessStdio): Promise<void>;
  /** @throws {StatusError} NotFound – the container or its init process is gone. */
  kill(container: ContainerRef, request: KillRequest, signal: AbortSignal): Promise<void>;
  /**
   * Removes the runtime's state of a stopped or created container. `force` ends a running one and never fails on an
   * absent one.
   */
  delete(container: ContainerRef, options: { readonly force: boolean }, signal: AbortSignal): Promise<void>;
  /**
   * Waits for the exit of init, from its create on. If the method is absent, resolves with undefined or rejects, the
   * exit of `Created.pid` is init's. That exit also counts if it comes first and this call reports nothing within two
   * more seconds.
   */
  wait?(container: ContainerRef, signal: AbortSignal): Promise<InitExit | undefined>;
  exec?(request: ExecRequest, signal: AbortSignal): Promise<Created>;
  /**
   * Sends a signal to an exec. Absent: kill(2) on its pid.
   * @throws {StatusError} NotFound – it has ended.
   */
  killExec?(container: ContainerRef, request: ExecKillRequest, signal: AbortSignal): Promise<void>;
  /**
   * Pids of all processes of the container: as the host sees them, or, for a sandbox, as the sandbox sees them. Called
   * only for a container in a sandbox or without a cgroup of its own.
   */
  pids?(container: ContainerRef, signal: AbortSignal): Promise<readonly number[]>;
  pause?(container: ContainerRef, signal: AbortSignal): Promise<void>;
  resume?(container: ContainerRef, signal: AbortSignal): Promise<void>;
  /**
   * Sets resources, an OCI `linux.resources` object.
   * @see https://github.com/opencontainers/runtime-spec/blob/main/config-linux.md#control-groups
   */
  update?(container: ContainerRef, resources: object, signal: AbortSignal): Promise<void>;
  /**
   * Writes an image of a running or paused container to a directory. A runtime refuses a request that it cannot honour.
   */
  checkpoint?(container: ContainerRef, request: CheckpointRequest, signal: AbortSignal): Promise<void>;
  /**
   * Creates a container from an image that `checkpoint` has written, instead of `create` and `start`: its processes run
   * when this resolves. When it rejects, nothing of the container is left, as with `create`.
   */
  restore?(request: RestoreRequest, signal: AbortSignal): Promise<Created>;
  /**
   * Resource usage of the container. The cgroup of `Created.pid` is used if the method is absent or rejects, and for
   * values that it omits.
   */
  stats?(container: ContainerRef, signal: AbortSignal): Promise<Usage>;
  /**
   * Converts those keys of a container's TOML options that core does not know. Absent: they are refused.
   * @param where – the file or other source of the keys, for the message.
   * @throws {StatusError} InvalidArgument – an unknown key or a wrong value; the message names the key.
   */
  toOptions?(table: Readonly<Record<string, unknown>>, where: string): Partial<RuntimeOptions>;
  /**
   * This runtime's description of itself: JSON of the OCI runtime-spec's Features, or undefined if its version cannot
   * provide it.
   * @see https://github.com/opencontainers/runtime-spec/blob/main/features.md
   */
  features?(options: RuntimeOptions, signal: AbortSignal): Promise<string | undefined>;
}
