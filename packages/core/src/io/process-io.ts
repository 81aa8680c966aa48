import type { TerminalSize } from "../native/libc.ts";

/** The file descriptors that a process gets as 0, 1 and 2. Owned by the caller, who closes them after the call. */
export interface ProcessStdio {
  readonly stdin: number;
  readonly stdout: number;
  readonly stderr: number;
}

/** Where the client wants the streams, from CreateTaskRequest or ExecProcessRequest. Empty path: nothing (the process gets /dev/null). */
export interface StdioPaths {
  readonly terminal: boolean;
  readonly stdin: string;
  readonly stdout: string;
  readonly stderr: string;
}

/** See `ProcessIo.outlook`. */
export type OutputOutlook = "delivered" | "expected" | "abandoned";

/**
 * The streams of one process, from before it is made until its Delete.
 * Order of calls: `stdio` → (OCI command runs) → `handedOver` → … `closeStdin` any time … → `processExited` → `drained` → `close`.
 * `close` alone is legal at any time and frees everything.
 */
export interface ProcessIo {
  /** The process's ends; closed by `handedOver`. */
  readonly stdio: ProcessStdio;
  /** With a terminal: where the runtime is to send the terminal's master, until `handedOver`. */
  readonly consoleSocket?: string;
  /**
   * The OCI command has succeeded, so the process has its descriptors: closes the shim's copies of them and starts what copying there is.
   * @throws {StatusError} Unknown – the runtime has not sent the terminal.
   */
  handedOver(): void;
  /** With a terminal: its size from now on, or from its beginning. */
  resize?(size: TerminalSize): void;
  /** CloseIO: no more input after what the client wrote. Idempotent; remembered when it comes before `handedOver`. */
  closeStdin(): void;
  /** The process is gone. Direct mode: from now on the late-reader rule holds. */
  processExited(): void;
  /** Bytes of output that wait for the client to read them; absent: nobody is to be waited for. */
  unread?(): number;
  /**
   * What becomes of the output of a process that has ended: `delivered` – it is complete and nothing of it is unread, so `close`
   * loses nothing; `expected` – a client has it open for reading, or a file or a logger takes it; `abandoned` – no client reads it.
   */
  outlook?(): OutputOutlook;
  /** Resolves when all output has reached the client's side, or after `timeoutMs` (a grandchild may hold a pipe for ever): false then. */
  drained(timeoutMs: number): Promise<boolean>;
  /** Closes every descriptor and stops every copy. Idempotent. */
  close(): void;
}
