import { write } from "node:fs";
import type { OwnedFd } from "../owned-fd.ts";
import type { Sink } from "../pipe/sink.ts";

const bufferBytes = 256 * 1024;
/** The largest chunk that a copy brings. */
const chunkBytes = 64 * 1024;

/**
 * Appends to a file, one write at a time, off the event loop. While one is under way the next bytes are gathered in a second
 * buffer (bench/log-file.ts). What cannot be written (disk full) is lost and the next tried: the process goes on, as it does
 * under a logger.
 */
export class FileSink implements Sink {
  readonly spliceFd = undefined;
  readonly #file: OwnedFd;
  readonly #onError: (error: Error) => void;
  // The system gives memory only for what is used of them.
  #gathering = Buffer.allocUnsafeSlow(bufferBytes);
  #gatheredBytes = 0;
  #writing = Buffer.allocUnsafeSlow(bufferBytes);
  #isWriting = false;
  #isDisposed = false;
  #failed = false;
  #resume: (() => void) | undefined;
  #onEmpty: (() => void) | undefined;

  /** Takes `file` over, open for appending. `onError` is called for the first of a row of failures. */
  constructor(file: OwnedFd, onError: (error: Error) => void) {
    this.#file = file;
    this.#onError = onError;
  }

  /** `chunk` has at most 64 KiB. */
  write(chunk: Buffer, resume: () => void): boolean {
    if (this.#isDisposed) return true;
    this.#gatheredBytes += chunk.copy(this.#gathering, this.#gatheredBytes);
    if (!this.#isWriting) this.#swap();
    const hasRoom = this.#gatheredBytes + chunkBytes <= bufferBytes;
    if (!hasRoom) this.#resume = resume;
    return hasRoom;
  }

  whenEmpty(then: () => void): void {
    if (this.#isWriting) this.#onEmpty = then;
    else then();
  }

  /** The file is closed after a write in flight: its descriptor must not come to mean another file under that write. */
  [Symbol.dispose](): void {
    this.#isDisposed = true;
    if (!this.#isWriting) this.#file.close();
  }

  /** Begins to write what was gathered. */
  #swap(): void {
    const full = this.#gathering;
    const length = this.#gatheredBytes;
    this.#gathering = this.#writing;
    this.#writing = full;
    this.#gatheredBytes = 0;
    this.#isWriting = true;
    this.#append(0, length);
  }

  #append(start: number, end: number): void {
    write(this.#file.fd, this.#writing, start, end - start, null, (error, written) => {
      if (error && !this.#failed) this.#onError(error);
      this.#failed = error !== null;
      if (!this.#isDisposed && !error && start + written < end) this.#append(start + written, end);
      else this.#written();
    });
  }

  #written(): void {
    this.#isWriting = false;
    if (this.#isDisposed) {
      this.#file.close();
      return;
    }
    if (this.#gatheredBytes > 0) this.#swap();
    const resume = this.#resume;
    this.#resume = undefined;
    resume?.();
    if (!this.#isWriting) this.#onEmpty?.();
  }
}
