import type { Logger } from "../log/logger.ts";
import type { Libc } from "../native/libc.ts";
import type { Reaper } from "../reaper/reaper.ts";
import type { LoggerSubject, LoggerTimes } from "./logger/supervised-logger.ts";
import type { ProcessIo, StdioPaths } from "./process-io.ts";

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

/** What happens to copied output while its reader does not read. */
export interface ReaderPolicy {
  /**
   * `block`: the process waits, as with containerd's shim. `drop-oldest`: it continues, and the log counts the lost
   * bytes.
   */
  readonly whenReaderIsAway: "block" | "drop-oldest";
  /** Bytes that `drop-oldest` keeps for the reader, in addition to those in the FIFO. */
  readonly dropBufferBytes: number;
}

/** What `openIo` needs in addition to the paths. */
export interface OpenIoOptions extends ReaderPolicy {
  /** Whether to use direct mode: `isDirectEligible` is true, and the configuration allows it. */
  readonly direct: boolean;
  /** Owner of the process's ends of the pipes. */
  readonly ioUid: number;
  readonly ioGid: number;
  /** The daemon's own directory for the sockets on which runtimes send terminals; a path of at most 90 bytes. */
  readonly consoleDirectory: string;
  /** For loggers. */
  readonly subject: LoggerSubject;
  readonly loggerTimes: LoggerTimes;
  readonly openFilesSoftLimit?: number | undefined;
  /** How long a path's device may take; default: 5 s. */
  readonly openTimeoutMs?: number | undefined;
}

export interface OpenIoDeps {
  readonly libc: Libc;
  readonly reaper: Pick<Reaper, "watch">;
  readonly log: Logger;
}

/**
 * Opens the streams of one process, init or exec. Nothing blocks, whether or not other processes hold the other ends.
 * On an error, everything is closed.
 * @throws {StatusError} the error that the client gets.
 */
export type OpenIo = (paths: StdioPaths, options: OpenIoOptions, deps: OpenIoDeps) => Promise<ProcessIo>;

/** stdout and stderr: undefined without a path; the same object if they have the same path. */
export interface Outputs extends Disposable {
  readonly stdout: OutputStream | undefined;
  readonly stderr: OutputStream | undefined;
  /** Ends the target of the outputs, such as a logger, in bounded time. Never rejects. */
  finish?(): Promise<void>;
}

/** Opens both outputs for one scheme of stdout, which decides for stderr as well. */
export type OutputsOpener = (paths: StdioPaths, options: OpenIoOptions, deps: OpenIoDeps) => Promise<Outputs>;
