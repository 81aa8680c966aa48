import type { Sink } from "../copy/sink.ts";
import type { AppendFile } from "./append-file.ts";

const bufferBytes = 256 * 1024;
/** The largest chunk that a copy writes. */
const chunkBytes = 64 * 1024;

/**
 * Appends to a file, one write at a time, off the event loop. While a write is in progress, the next bytes are
 * collected in a second buffer (bench/log-file.ts). Bytes that cannot be written (disk full) are lost, and the next
 * ones are tried: the process continues, as it does with a logger.
 */
export class FileSink implements Sink {
  readonly spliceFd = undefined;
  readonly #file: AppendFile;
  readonly #onError: (error: Error) => void;
  // The kernel allocates only the pages that are used.
  #gathering = Buffer.allocUnsafeSlow(bufferBytes);
  #gatheredBytes = 0;
  #writing = Buffer.allocUnsafeSlow(bufferBytes);
  #isWriting = false;
  #isDisposed = false;
  #failed = false;
  #resume: (() => void) | undefined;
  #onEmpty: (() => void) | undefined;

  /** Takes `file` over. In a series of failures, `onError` is called for the first one only. */
  constructor(file: AppendFile, onError: (error: Error) => void) {
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
    this.#onEmpty = this.#file.finish ? () => void this.#file.finish?.().then(then) : then;
    if (!this.#isWriting) this.#onEmpty();
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true;
    this.#file.close();
  }

  /** Starts to write the gathered bytes. */
  #swap(): void {
    const full = this.#gathering;
    const length = this.#gatheredBytes;
    this.#gathering = this.#writing;
    this.#writing = full;
    this.#gatheredBytes = 0;
    this.#isWriting = true;
    this.#file.append(full.subarray(0, length)).then(
      () => this.#written(),
      (error: Error) => this.#written(error),
    );
  }

  #written(error?: Error): void {
    this.#isWriting = false;
    if (error && !this.#failed) this.#onError(error);
    this.#failed = error !== undefined;
    if (this.#isDisposed) return;
    if (this.#gatheredBytes > 0) this.#swap();
    const resume = this.#resume;
    this.#resume = undefined;
    resume?.();
    if (!this.#isWriting) this.#onEmpty?.();
  }
}
