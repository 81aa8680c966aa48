import type { OutputStream } from "../command.ts";
import type { WriteChunk } from "./follow-file.ts";

/** Our own output has no reader any more: a pipe that was closed, a terminal that was hung up. */
export class OutputClosedError extends Error {
  static {
    OutputClosedError.prototype.name = "OutputClosedError";
  }
}

/**
 * Writes chunks to one of our streams, at the stream's pace. It rejects with an OutputClosedError. From now on an error of the
 * stream has no other effect.
 */
export function writerTo(stream: OutputStream): WriteChunk {
  stream.removeAllListeners("error").on("error", () => {});
  return (chunk) =>
    new Promise((resolve, reject) => {
      stream.write(chunk, (error) =>
        error ? reject(new OutputClosedError(error.message, { cause: error })) : resolve(),
      );
    });
}

/** As `write` until it fails, which `onClosed` is told; from then on everything is dropped, so that whoever writes can end. */
export function untilClosed(write: WriteChunk, onClosed: () => void): WriteChunk {
  let isClosed = false;
  return async (chunk) => {
    if (isClosed) return;
    try {
      await write(chunk);
    } catch (error) {
      if (!(error instanceof OutputClosedError)) throw error;
      isClosed = true;
      onClosed();
    }
  };
}
