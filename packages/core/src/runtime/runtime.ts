import type { Usage } from "../cgroups/metrics/usage.ts";
import type { ProcessStdio } from "../io/process-io.ts";
import type { RuntimeOptions } from "./options.ts";

/** What every call of a runtime needs to know about the container. Plain data: it is also what the bundle's journal holds. */
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
   * Set when `pid` is a sandbox, in which the container's processes are unseen by the host: its `own`, or one that is `shared`,
   * another container's which this one has joined. Pids and metrics are asked of the runtime then; a shared sandbox's cgroup
   * says nothing of one container.
   */
  readonly sandbox?: "own" | "shared" | undefined;
  /** True: init's stdio is taken at `start`, so the shim keeps the process's ends, and the console socket, open until then. */
  readonly stdioAtStart?: boolean | undefined;
  /** Pid of an exec in its sandbox, as `pids` lists it. */
  readonly internalPid?: number | undefined;
}

/** The end of an init process that its runtime tells. */
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

/** What a checkpoint is to be. @see https://github.com/containerd/containerd/blob/main/api/types/runc/options/oci.proto CheckpointOptions */
export interface CheckpointRequest {
  /** Absolute path of the directory for the image; made if need be. */
  readonly imagePath: string;
  /** Absolute path of the directory for logs, which are kept; empty: the runtime's choice, and they are not. */
  readonly workPath: string;
  /** True: the container ends with its checkpoint. False: it runs on. */
  readonly exit: boolean;
  /** What may be in use: TCP connections, unix sockets whose other end is outside, a terminal from outside, file locks. */
  readonly openTcp: boolean;
  readonly externalUnixSockets: boolean;
  readonly terminal: boolean;
  readonly fileLocks: boolean;
  /** Types of namespaces that are restored without what is in them. */
  readonly emptyNamespaces: readonly string[];
  /** `soft`, `full`, `strict`; empty: the runtime's default. */
  readonly cgroupsMode: string;
  /** Earlier checkpoint that this one builds on, relative to `imagePath`; empty: none. */
  readonly parentPath: string;
}

export interface RestoreRequest extends CreateRequest {
  /** Absolute path of a checkpoint's image. */
  readonly imagePath: string;
  /** Path of the checkpoint that it builds on, where the image does not name it; empty: none. */
  readonly parentPath: string;
}

export interface KillRequest {
  /** Signal number, 1–64, or 0 to probe. */
  readonly signal: number;
  /** True: every process of the container, not its init alone. */
  readonly all: boolean;
}

/**
 * An OCI runtime, or anything that can run a bundle.
 *
 * Every call rejects with a `StatusError` whose message holds the runtime's own words, and honours `signal`
 * (the command in flight is ended). Calls for one container come one at a time, except `kill`, `pids`, `delete` with `force`,
 * and `exec`, which may run several times at once. An ability that a runtime lacks is a method that it lacks: the client
 * gets Unimplemented.
 */
export interface Runtime {
  /** Name by which the configuration and the launcher know it: `runc`. */
  readonly name: string;
  /**
   * Makes the container and its init process, which does not run the user's program yet. When it rejects, nothing of the
   * container is left, also after an abort; but a container that had the id before is untouched.
   */
  create(request: CreateRequest, signal: AbortSignal): Promise<Created>;
  /** Starts the user's program. `stdio`: init's ends, if its create has answered `stdioAtStart`. */
  start(container: ContainerRef, signal: AbortSignal, stdio?: ProcessStdio): Promise<void>;
  /** @throws {StatusError} NotFound – the container or its init process is gone. */
  kill(container: ContainerRef, request: KillRequest, signal: AbortSignal): Promise<void>;
  /** Removes what the runtime keeps of a stopped or created container; `force` ends a running one and never fails on an absent one. */
  delete(container: ContainerRef, options: { readonly force: boolean }, signal: AbortSignal): Promise<void>;
  /**
   * Waits for the end of init, from its create on. Absent, resolved with undefined, or rejected: the exit of `Created.pid` is
   * init's. That exit counts as well when it comes first and this call says nothing for two seconds longer.
   */
  wait?(container: ContainerRef, signal: AbortSignal): Promise<InitExit | undefined>;
  exec?(request: ExecRequest, signal: AbortSignal): Promise<Created>;
  /**
   * Sends a signal, 0–64, to an exec. Absent: kill(2) on its pid.
   * @throws {StatusError} NotFound – it has ended.
   */
  killExec?(container: ContainerRef, execId: string, signalNumber: number, signal: AbortSignal): Promise<void>;
  /**
   * Pids of all processes of the container: as the host sees them, or in a sandbox as that does. Asked only for a container
   * in a sandbox, or without a cgroup of its own.
   */
  pids?(container: ContainerRef, signal: AbortSignal): Promise<readonly number[]>;
  pause?(container: ContainerRef, signal: AbortSignal): Promise<void>;
  resume?(container: ContainerRef, signal: AbortSignal): Promise<void>;
  /** Sets resources, an OCI `linux.resources` object. @see https://github.com/opencontainers/runtime-spec/blob/main/config-linux.md#control-groups */
  update?(container: ContainerRef, resources: object, signal: AbortSignal): Promise<void>;
  /**
   * Writes an image of a running or paused container to a directory. A runtime refuses what it cannot heed in the request.
   */
  checkpoint?(container: ContainerRef, request: CheckpointRequest, signal: AbortSignal): Promise<void>;
  /**
   * Makes a container from an image that `checkpoint` has written, in place of `create` and `start`: its processes run when this
   * resolves. When it rejects, nothing of the container is left, as with `create`.
   */
  restore?(request: RestoreRequest, signal: AbortSignal): Promise<Created>;
  /**
   * What the container uses. Absent, rejected, and for what the answer leaves out: the cgroup of `Created.pid`.
   */
  stats?(container: ContainerRef, signal: AbortSignal): Promise<Usage>;
  /**
   * Converts those keys of a container's TOML options that core does not know. Absent: they are refused.
   * @param where – the file, or what else they come from, for the message.
   * @throws {StatusError} InvalidArgument – an unknown key or a wrong value; it names the key.
   */
  toOptions?(table: Readonly<Record<string, unknown>>, where: string): Partial<RuntimeOptions>;
  /**
   * What this runtime says of itself: JSON of the OCI runtime-spec's Features, or undefined if its version cannot.
   * @see https://github.com/opencontainers/runtime-spec/blob/main/features.md
   */
  features?(options: RuntimeOptions, signal: AbortSignal): Promise<string | undefined>;
}
