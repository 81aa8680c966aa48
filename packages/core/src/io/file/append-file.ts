/** A file that is appended to off the event loop, which waits for no device. */
export interface AppendFile extends Disposable {
  /** Writes all of `bytes`. If it fails, some of them may have been written. */
  append(bytes: Buffer): Promise<void>;
  /** Resolves when everything is in the file. No `append` may follow. Absent: `append` has waited for that. */
  finish?(): Promise<void>;
  /** Idempotent. Reports no error: it is too late to report one to any client. */
  close(): void;
}
