/** A short-lived child of the shim: an OCI command, mount(8), … Spawned by posix_spawn, never through libuv. */
export interface Command {
  /** Absolute path. */
  readonly path: string;
  /** Arguments without the program's name. */
  readonly args: readonly string[];
  readonly cwd?: string;
  /** `NAME=value` entries added to the environment that every child gets; a later entry of the same name wins. */
  readonly env?: readonly string[];
  /** Descriptors for 0, 1 and 2; what is missing: /dev/null for stdin, captured for stdout and stderr. */
  readonly stdin?: number;
  readonly stdout?: number;
  readonly stderr?: number;
  /** Text for stdin instead of a descriptor. */
  readonly input?: string;
  /** Further descriptors that the child inherits, each under its own number in the child. */
  readonly inherit?: readonly (readonly [from: number, to: number])[];
}

export interface CommandResult {
  readonly exitStatus: number;
  /** What the command wrote to the streams that were captured; at most 64 KiB of each. */
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs commands to their end. */
export interface CommandRunner {
  /**
   * Resolves with the result whatever the exit status. When `signal` aborts, the command's process group gets SIGKILL
   * and the promise rejects with the signal's reason, after the process was reaped.
   * @throws {StatusError} NotFound – `path` does not exist or is not executable (the message names it).
   */
  run(command: Command, signal: AbortSignal): Promise<CommandResult>;
}
