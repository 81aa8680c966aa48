import type { Sink } from "./sink.ts";

/** The far side of an output that is copied: the client's FIFO, a file, or a logger. Disposing ends it as it is. */
export interface OutputTarget extends Disposable {
  readonly sink: Sink;
  /** Bytes that it has taken, and the client not read. Absent: no client reads them. */
  unread?(): number;
  /** Whether something takes the output: of a FIFO, a client that has it open for reading. Absent: always. */
  hasReader?(): boolean;
  /** The output is complete. `delivered` is called when the far side has all of it, the client's FIFO counting as such. */
  end(delivered: () => void): void;
  /** Ends what stands behind it, in bounded time; after `end`, or instead of it. Never rejects. */
  finish?(): Promise<void>;
}
