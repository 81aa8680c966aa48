import { write } from "node:fs";
import type { OwnedFd } from "../owned-fd.ts";
import type { Sink } from "../pipe/sink.ts";

/**
 * Appends to a file, one write at a time, off the event loop. A chunk that cannot be written (disk full) is lost and
 * the next one tried: the process goes on, as it does under a logger.
 */
export class FileSink implements Sink {
  readonly spliceFd = undefined;
  readonly #file: OwnedFd;
  readonly #onError: (error: Error) => void;
  #isWriting = false;
  #isDisposed = false;
  #failed = false;

  /** Takes `file` over, open for appending. `onError` is called for the first of a row of failures. */
  constructor(file: OwnedFd, onError: (error: Error) => void) {
    this.#file = file;
    this.#onError = onError;
  }

  write(chunk: Buffer, resume: () => void): boolean {
    if (this.#isDisposed) return true;
    this.#append(Buffer.from(chunk), resume);
    return false;
  }

  /** The file is closed after a write in flight: its descriptor must not come to mean another file under that write. */
  [Symbol.dispose](): void {
    this.#isDisposed = true;
    if (!this.#isWriting) this.#file.close();
  }

  #append(rest: Buffer, resume: () => void): void {
    this.#isWriting = true;
    write(this.#file.fd, rest, (error, written) => {
      this.#isWriting = false;
      if (error && !this.#failed) this.#onError(error);
      this.#failed = error !== null;
      if (this.#isDisposed) this.#file.close();
      else if (error || written === rest.length) resume();
      else this.#append(rest.subarray(written), resume);
    });
  }
}
