import { type FSWatcher, watch } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";

const chunkBytes = 64 * 1024;
/** A change that inotify does not tell (its limits are reached, or the file system has none) is seen this late. */
const pollMs = 500;

/** Takes a chunk, which is its own only until the promise resolves. */
export type WriteChunk = (chunk: Buffer) => Promise<void>;

/** Reads a file that grows, like `tail -f`. What is cut off (logrotate's `copytruncate`) is read from its beginning again. */
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

  /** `position`: the first byte that is read; default: the end of the file as it is now. */
  static async open(path: string, write: WriteChunk, position?: number): Promise<FileFollower> {
    const file = await open(path, "r");
    return new FileFollower(file, position ?? (await file.stat()).size, write);
  }

  /** Writes what there is and what comes, until `finish`; rejects with what `write` rejects with. */
  async run(path: string): Promise<void> {
    using _watcher = watchFile(path, () => this.#wake());
    const buffer = Buffer.allocUnsafe(chunkBytes);
    try {
      while (await this.#step(buffer));
    } finally {
      await this.#file.close();
    }
  }

  /** Reads what is there to its end, then `run` resolves. Idempotent. */
  finish(): void {
    this.#isEnding = true;
    this.#wake();
  }

  /** Reads once, or waits for a change; returns whether there may be more. */
  async #step(buffer: Buffer): Promise<boolean> {
    const isEnding = this.#isEnding; // before reading: what was there when it ended is still read
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

  /** A change from now on, or the end of the time to wait for one. */
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
    // The timer is left.
  }
  return { [Symbol.dispose]: () => watcher?.close() };
}
