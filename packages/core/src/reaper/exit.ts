/** The end of a process, as it is reported to containerd. */
export interface Exit {
  readonly pid: number;
  /** 0–255; 128 + signal number for a process that a signal ended. */
  readonly exitStatus: number;
  /** When the shim reaped it. */
  readonly exitedAt: Date;
}
