import type { Logger } from "../../log/logger.ts";
import type { OwnedFd } from "../owned-fd.ts";
import { DropOldestSink } from "./drop-oldest-sink.ts";
import { PipeSink } from "./pipe-sink.ts";
import type { Sink } from "./sink.ts";

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

/** Opens the sink for a pipe or FIFO whose reader may be away. Takes `writeEnd` over. */
export function openReaderSink(writeEnd: OwnedFd, policy: ReaderPolicy, log: Logger): Sink {
  const sink = new PipeSink(writeEnd, outputLost(log));
  return policy.whenReaderIsAway === "drop-oldest" ? new DropOldestSink(sink, policy.dropBufferBytes, log) : sink;
}

/** Returns the `onError` of a sink for output. */
export const outputLost =
  (log: Logger) =>
  (error: Error): void =>
    log.warn("output lost", { error: error.message });
