import type { OutputStream } from "../command.ts";
import type { WriteChunk } from "./follow-file.ts";

/** Our own output has no reader any more: the pipe was closed, or the terminal was hung up. */
export class OutputClosedError extends Error {
  static {
    OutputClosedError.prototype.name = "OutputClosedError";
  }
}

/**
 * Returns a function that writes chunks to one of our streams, at the stream's pace. If a write fails, the function
 * rejects with an OutputClosedError. From now on an error of the stream has no other effect.
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

/**
 * Returns a function that works like `write` until that fails with an OutputClosedError. Then it calls `onClosed`, and
 * drops everything from then on, so that the writing process can end.
 */
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
