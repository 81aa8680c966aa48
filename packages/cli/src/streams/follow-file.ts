import { type FSWatcher, watch } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";

const chunkBytes = 64 * 1024;
/**
 * Poll interval, for changes that inotify does not report (its limits are reached, or the file system does not support
 * it).
 */
const pollMs = 500;

/** Takes a chunk, which is valid only until the promise resolves. */
export type WriteChunk = (chunk: Buffer) => Promise<void>;

/**
 * Reads a file that grows, like `tail -f`. A file that is truncated (logrotate's `copytruncate`) is read from its
 * beginning again.
 */
export class FileFollower {
  readonly #file: FileHandle;
  readonly #write: WriteChunk;
  #position: number;
  #isEnding = false;
  #wake: () => void = () => {};

  private constructor(file: FileHandle, position: number, write: WriteChunk) {
    this.#file = file;
    this.#position = position;
    this.#write = write;
  }

  /** Opens the file. `position`: the first byte that is read; default: the current end of the file. */
  static async open(path: string, write: WriteChunk, position?: number): Promise<FileFollower> {
    const file = await open(path, "r");
    return new FileFollower(file, position ?? (await file.stat()).size, write);
  }

  /** Writes the existing content and what is appended, until `finish`. Rejects with the error of `write`. */
  async run(path: string): Promise<void> {
    using _watcher = watchFile(path, () => this.#wake());
    const buffer = Buffer.allocUnsafe(chunkBytes);
    try {
      while (await this.#step(buffer));
    } finally {
      await this.#file.close();
    }
  }

  /** Lets `run` read the file to its current end, and then resolve. Idempotent. */
  finish(): void {
    this.#isEnding = true;
    this.#wake();
  }

  /** Reads once, or waits for a change; returns whether there may be more. */
  async #step(buffer: Buffer): Promise<boolean> {
    const isEnding = this.#isEnding; // before reading: what was in the file at the end is still read
    using change = this.#nextChange();
    const { bytesRead } = await this.#file.read(buffer, 0, buffer.length, this.#position);
    this.#position += bytesRead;
    if (bytesRead > 0) await this.#write(buffer.subarray(0, bytesRead));
    else if (await this.#wasCut()) this.#position = 0;
    else if (isEnding) return false;
    else await change.happened;
    return true;
  }

  async #wasCut(): Promise<boolean> {
    return (await this.#file.stat()).size < this.#position;
  }

  /** Waits for the next change from now on, or for the poll interval. */
  #nextChange(): Disposable & { readonly happened: Promise<void> } {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    const timer = setTimeout(resolve, pollMs);
    return { happened: promise, [Symbol.dispose]: () => clearTimeout(timer) };
  }
}

function watchFile(path: string, onChange: () => void): Disposable {
  let watcher: FSWatcher | undefined;
  try {
    watcher = watch(path, onChange).on("error", () => watcher?.close());
  } catch {
    // The poll interval remains.
  }
  return { [Symbol.dispose]: () => watcher?.close() };
}
