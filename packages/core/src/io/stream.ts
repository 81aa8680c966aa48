import type { Logger } from "../log/logger.ts";
import type { Libc } from "../native/libc.ts";
import type { Reaper } from "../reaper/reaper.ts";
import type { LoggerSubject, LoggerTimes } from "./logger/supervised-logger.ts";
import type { ProcessIo, StdioPaths } from "./process-io.ts";

/** stdin, stdout or stderr of one process. Disposing closes every descriptor and stops the copy. */
interface Stream extends Disposable {
  /** The process's end, until `handedOver`. */
  readonly fd: number;
  /** The process has its end: closes the shim's copy of it and starts what copying there is. Idempotent. */
  handedOver(): void;
}

export interface OutputStream extends Stream {
  processExited(): void;
  /** Bytes that the process has written and the client not read. Absent: nobody is to be waited for. */
  unread?(): number;
  /** As `OutputTarget.hasReader`. */
  hasReader?(): boolean;
  /** True when nothing more will come and everything has reached the client's side; false when disposed of before. Never rejects. */
  readonly finished: Promise<boolean>;
}

export interface InputStream extends Stream {
  /** No more input after what the client wrote. Idempotent; may come before `handedOver`. */
  closeStdin(): void;
}

/** What becomes of output that is copied while its reader takes none. */
export interface ReaderPolicy {
  /** `block`: the process waits, as with containerd's shim; `drop-oldest`: it goes on, and the log counts what is lost. */
  readonly whenReaderIsAway: "block" | "drop-oldest";
  /** Bytes that `drop-oldest` keeps for the reader, beside those in the FIFO. */
  readonly dropBufferBytes: number;
}

/** What `openIo` was told beside the paths. */
export interface OpenIoOptions extends ReaderPolicy {
  /** What `isDirectEligible` says, and the configuration allows. */
  readonly direct: boolean;
  /** Owner of the process's ends of the pipes. */
  readonly ioUid: number;
  readonly ioGid: number;
  /** Directory of ours for the sockets on which runtimes send terminals; a path of at most 90 bytes. */
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
 * Opens the streams of one process, init or exec. Nothing blocks, whoever holds the other ends; on an error everything is closed.
 * @throws {StatusError} what the client is told.
 */
export type OpenIo = (paths: StdioPaths, options: OpenIoOptions, deps: OpenIoDeps) => Promise<ProcessIo>;

/** stdout and stderr: undefined without a path; the same object when they have the same path. */
export interface Outputs extends Disposable {
  readonly stdout: OutputStream | undefined;
  readonly stderr: OutputStream | undefined;
  /** Ends what the outputs go to, in bounded time. Never rejects. */
  finish?(): Promise<void>;
}

/** Opens both outputs for one scheme of stdout, which decides for stderr as well. */
export type OutputsOpener = (paths: StdioPaths, options: OpenIoOptions, deps: OpenIoDeps) => Promise<Outputs>;
