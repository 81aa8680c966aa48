import { writeSync } from "node:fs";
import { Socket } from "node:net";
import type { OwnedFd } from "../owned-fd.ts";
import type { Sink } from "./sink.ts";

/** Writes to a pipe or FIFO without ever blocking: the event loop writes what does not fit at once. */
export class PipeSink implements Sink {
  readonly #fd: number;
  readonly #socket: Socket;
  readonly #onError: (error: Error) => void;

  /**
   * Takes `writeEnd` over and makes it non-blocking. `onError` is called at most once; from then on all bytes are
   * discarded.
   */
  constructor(writeEnd: OwnedFd, onError: (error: Error) => void) {
    this.#fd = writeEnd.fd;
    this.#onError = onError;
    this.#socket = new Socket({ fd: writeEnd.fd, readable: false, writable: true });
    writeEnd.release();
    this.#socket.unref();
    this.#socket.on("error", onError);
  }

  get spliceFd(): number | undefined {
    return this.#socket.destroyed ? undefined : this.#fd;
  }

  get waitingBytes(): number {
    return this.#socket.destroyed ? 0 : this.#socket.writableLength;
  }

  write(chunk: Buffer, resume: () => void): boolean {
    if (this.#socket.destroyed) return true;
    const written = this.#tryWrite(chunk);
    if (written === chunk.length || this.#socket.destroyed) return true;
    // The caller reuses its buffer, so the bytes that wait are copied, and only those. The callback is called after an
    // error as well.
    this.#socket.write(Buffer.from(chunk.subarray(written)), resume);
    return false;
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  #tryWrite(chunk: Buffer): number {
    try {
      return writeSync(this.#fd, chunk);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") this.#fail(error as Error);
      return 0;
    }
  }

  #fail(error: Error): void {
    this.#socket.destroy();
    this.#onError(error);
  }
}
