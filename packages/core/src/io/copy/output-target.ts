import type { Sink } from "./sink.ts";

/**
 * The target of an output that is copied: the client's FIFO, a file, or a logger. Disposing ends it in its present
 * state.
 */
export interface OutputTarget extends Disposable {
  readonly sink: Sink;
  /** Bytes that it has accepted and the client has not read. Absent: no client reads them. */
  unread?(): number;
  /** Whether something takes the output. For a FIFO: whether a client has it open for reading. Absent: always. */
  hasReader?(): boolean;
  /**
   * Marks the output as complete. `delivered` is called when the target has all of it; the client's FIFO counts as the
   * target.
   */
  end(delivered: () => void): void;
  /**
   * Ends what is behind the target, such as a logger, in bounded time. Called after `end`, or instead of it. Never
   * rejects.
   */
  finish?(): Promise<void>;
}
