/** A short-lived child of the shim: an OCI command, mount(8), … Spawned by posix_spawn, never through libuv. */
export interface Command {
  /** Absolute path. */
  readonly path: string;
  /** Arguments without the program's name. */
  readonly args: readonly string[];
  readonly cwd?: string;
  /** `NAME=value` entries added to the environment that every child gets; a later entry of the same name wins. */
  readonly env?: readonly string[];
  /** Descriptors for 0, 1 and 2. Default: /dev/null for stdin; stdout and stderr are captured. */
  readonly stdin?: number | undefined;
  readonly stdout?: number | undefined;
  readonly stderr?: number | undefined;
  /** Text for stdin instead of a descriptor. */
  readonly input?: string;
  /**
   * True: if no descriptor is available for its output, the command runs anyway and the result has no output. Default:
   * the command is refused.
   */
  readonly mayLoseOutput?: boolean;
  /** Further descriptors that the child inherits, each under its own number in the child. */
  readonly inherit?: readonly (readonly [from: number, to: number])[];
}

export interface CommandResult {
  readonly exitStatus: number;
  /** What the command wrote to the streams that were captured; at most 64 KiB of each. */
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * A long-running process, such as the init of a container. Its 0, 1 and 2 are the given descriptors, otherwise
 * /dev/null.
 */
export type LongCommand = Omit<Command, "input">;

/** Starts programs: commands that run to completion, and long-running processes. */
export interface CommandRunner {
  /**
   * Resolves with the result whatever the exit status. When `signal` aborts, the command's process group gets SIGKILL
   * and the promise rejects with the signal's reason, after the process was reaped.
   * @throws {StatusError} NotFound – `path` does not exist or is not executable (the message names it).
   */
  run(command: Command, signal: AbortSignal): Promise<CommandResult>;
  /**
   * Starts a process in its own process group and returns its pid once it executes `path`. It is a child of the shim.
   * If a runtime's `create` or `exec` returns this pid, its exit counts as the exit of that process. The caller has to
   * end it.
   * @throws {StatusError} NotFound – as `run`.
   */
  spawn(command: LongCommand): number;
}
