/** The exit of a process, as it is reported to containerd. */
export interface Exit {
  readonly pid: number;
  /** 0–255; 128 + signal number for a process that a signal ended. */
  readonly exitStatus: number;
  /** When the shim reaped it. */
  readonly exitedAt: Date;
}

/**
 * Called for every exit that the reaper collects, commands of runtimes and mounts included, in the turn in which the
 * process is reaped and before the callers that wait for it. If it throws, the error is logged.
 */
export type ExitListener = (exit: Exit) => void;
