/** Where a copy writes to. After a failure it swallows what comes, so that the process that writes does not block for ever. */
export interface Sink extends Disposable {
  /** Descriptor to splice into; undefined when that is not possible (any more). */
  readonly spliceFd: number | undefined;
  /**
   * Takes all of `chunk`, which the caller may overwrite afterwards. False: something had to wait, write nothing more
   * until `resume` was called (once).
   */
  write(chunk: Buffer, resume: () => void): boolean;
  /**
   * Calls `then` once, when everything that was taken has been written: at once if it has. Without it that is so whenever
   * nothing waits for `resume`.
   */
  whenEmpty?(then: () => void): void;
  /** Bytes that were taken and not written yet. Absent: not known, or none ever. */
  readonly waitingBytes?: number;
}
