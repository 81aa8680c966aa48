/** The end of a process, as it is reported to containerd. */
export interface Exit {
  readonly pid: number;
  /** 0–255; 128 + signal number for a process that a signal ended. */
  readonly exitStatus: number;
  /** When the shim reaped it. */
  readonly exitedAt: Date;
}

/**
 * Hears of every exit that the reaper takes, commands of runtimes and mounts included, in the turn in which it is reaped and
 * before those who wait for it. What it throws is logged.
 */
export type ExitListener = (exit: Exit) => void;
