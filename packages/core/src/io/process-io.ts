import type { TerminalSize } from "../native/libc.ts";

/** The file descriptors that a process gets as 0, 1 and 2. Owned by the caller, who closes them after the call. */
export interface ProcessStdio {
  readonly stdin: number;
  readonly stdout: number;
  readonly stderr: number;
}

/**
 * The paths that the client gave for the streams, from CreateTaskRequest or ExecProcessRequest. Empty path: none (the
 * process gets /dev/null).
 */
export interface StdioPaths {
  readonly terminal: boolean;
  readonly stdin: string;
  readonly stdout: string;
  readonly stderr: string;
}

/** See `ProcessIo.outlook`. */
export type OutputOutlook = "delivered" | "expected" | "abandoned";

/**
 * The streams of one process, from before it is created until its Delete.
 * Order of calls: `stdio` → (OCI command runs) → `handedOver` → … `closeStdin` at any time … → `processExited` →
 * `drained` → `close`.
 * `close` alone is legal at any time and frees everything.
 */
export interface ProcessIo {
  /** The process's ends; closed by `handedOver`. */
  readonly stdio: ProcessStdio;
  /** When the streams were opened, as `performance.now()`. Absent: unknown. */
  readonly openedAt?: number;
  /** With a terminal: the socket on which the runtime sends the terminal's master, until `handedOver`. */
  readonly consoleSocket?: string;
  /**
   * Called when the OCI command has succeeded, so the process has its descriptors. Closes the shim's copies of them,
   * and starts to copy the streams that are copied.
   * @throws {StatusError} Unknown – the runtime has not sent the terminal.
   */
  handedOver(): void;
  /** With a terminal: sets its size from now on, or its initial size if it has not been received yet. */
  resize?(size: TerminalSize): void;
  /**
   * CloseIO: ends the input after what the client wrote. Idempotent; remembered if it is called before `handedOver`.
   */
  closeStdin(): void;
  /**
   * Called when the process has exited. In direct mode, the rule for late readers applies from now on (see
   * `DirectOutput`).
   */
  processExited(): void;
  /** Bytes of output that the client has not read yet. Absent: there is no client to wait for. */
  unread?(): number;
  /**
   * The prospects for the output of a process that has exited. `delivered`: it is complete and nothing of it is unread,
   * so `close` loses nothing. `expected`: a client has it open for reading, or a file or a logger takes it.
   * `abandoned`: no client reads it.
   */
  outlook?(): OutputOutlook;
  /**
   * Resolves with true when all output has reached the client's side, with false after `timeoutMs`: a grandchild may
   * hold a pipe for ever.
   */
  drained(timeoutMs: number): Promise<boolean>;
  /** Closes every descriptor and stops every copy. Idempotent. */
  close(): void;
}
