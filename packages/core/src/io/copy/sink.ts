/**
 * The destination of a copy. After a failure it discards all further bytes. Otherwise the process that writes would
 * block for ever.
 */
export interface Sink extends Disposable {
  /** Descriptor to splice into. Undefined: splicing is not possible, or not any more. */
  readonly spliceFd: number | undefined;
  /**
   * Accepts all of `chunk`; the caller may overwrite it afterwards. False: some bytes have to wait. Write nothing more
   * until `resume` is called, which happens once.
   */
  write(chunk: Buffer, resume: () => void): boolean;
  /**
   * Calls `then` once, when all accepted bytes have been written: at once if they already have. If this method is
   * absent, they have been written whenever no call of `resume` is pending.
   */
  whenEmpty?(then: () => void): void;
  /** Bytes that were accepted and not written yet. Absent: unknown, or always none. */
  readonly waitingBytes?: number;
}

/** Calls `then` once, when `sink` has written all that it has accepted; at once if it already has. */
export function whenWritten(sink: Sink, then: () => void): void {
  if (sink.whenEmpty) sink.whenEmpty(then);
  else then();
}
