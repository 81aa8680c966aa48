import type { Logger } from "../log/logger.ts";
import type { Libc } from "../native/libc.ts";
import type { Reaper } from "../reaper/reaper.ts";

/** stdin, stdout or stderr of one process. Disposing closes every descriptor and stops the copy. */
interface Stream extends Disposable {
  /** The process's end, until `handedOver`. */
  readonly fd: number;
  /**
   * Called when the process has its end. Closes the shim's copy of it, and starts to copy if the stream is copied.
   * Idempotent.
   */
  handedOver(): void;
}

export interface OutputStream extends Stream {
  processExited(): void;
  /** Bytes that the process has written and the client has not read. Absent: there is no client to wait for. */
  unread?(): number;
  /** As `OutputTarget.hasReader`. */
  hasReader?(): boolean;
  /**
   * Resolves with true when nothing more will come and everything has reached the client's side, with false if disposed
   * before that. Never rejects.
   */
  readonly finished: Promise<boolean>;
}

export interface InputStream extends Stream {
  /** Ends the input after what the client wrote. Idempotent; may be called before `handedOver`. */
  closeStdin(): void;
}

/** stdout and stderr: undefined without a path; the same object if they have the same path. */
export interface Outputs extends Disposable {
  readonly stdout: OutputStream | undefined;
  readonly stderr: OutputStream | undefined;
  /** Ends the target of the outputs, such as a logger, in bounded time. Never rejects. */
  finish?(): Promise<void>;
}

/** Owner of the process's ends of pipes. */
export interface PipeOwner {
  readonly ioUid: number;
  readonly ioGid: number;
}

/** What streams use of the daemon. */
export interface OpenIoDeps {
  readonly libc: Libc;
  readonly reaper: Pick<Reaper, "watch">;
  readonly log: Logger;
}
