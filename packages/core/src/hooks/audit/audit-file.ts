import { type FileHandle, mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";
import { resourceExhausted } from "../../errors/errors.ts";
import { deviceThreads } from "../../native/device-threads.ts";
import { hasErrorCode } from "../../native/libc-error.ts";
import { type Rotation, rotate, statIfThere } from "./rotate.ts";

interface Line extends PromiseWithResolvers<void> {
  readonly bytes: Buffer;
  readonly isSynced: boolean;
}

/** Bytes that may wait for a disk. A single line is taken whatever its length. */
const maxWaitingBytes = 1 << 20;

/**
 * A file of lines, written off the event loop, in order. Lines that arrive while others are being written share the
 * next write and the next fsync(2). Each write is whole lines, so the lines of several daemons never mix. The file has
 * mode 0600. It is rotated when it is full, and opened again after another process has rotated it.
 */
export class AuditFile implements Disposable {
  readonly #rotation: Rotation;
  readonly #onRotationError: (error: unknown) => void;
  #waiting: Line[] = [];
  #waitingBytes = 0;
  /** Resolves when every line has been written or is lost. */
  #written: Promise<void> | undefined;
  #isDisposed = false;
  #file: FileHandle | undefined;

  /** If the file cannot be rotated, its lines are still written, and `onRotationError` is called. */
  constructor(rotation: Rotation, onRotationError: (error: unknown) => void) {
    this.#rotation = rotation;
    this.#onRotationError = onRotationError;
  }

  /**
   * Resolves when the line is written; if `isSynced`, when it is on the disk.
   * @throws {StatusError} ResourceExhausted – 1 MiB of lines is waiting for the disk.
   * @throws {Error} of the system – the line is lost.
   */
  append(text: string, isSynced: boolean): Promise<void> {
    const line = { ...Promise.withResolvers<void>(), bytes: Buffer.from(text), isSynced };
    if (this.#waitingBytes > 0 && this.#waitingBytes + line.bytes.length > maxWaitingBytes)
      return Promise.reject(resourceExhausted("the disk does not keep up: 1 MiB of lines is waiting"));
    this.#waiting.push(line);
    this.#waitingBytes += line.bytes.length;
    this.#written ??= this.#writeAll();
    return line.promise;
  }

  /** Resolves when every line has been written or is lost. */
  async flush(): Promise<void> {
    while (this.#written !== undefined) await this.#written;
  }

  /** Closes the file once everything is written. */
  [Symbol.dispose](): void {
    this.#isDisposed = true;
    if (this.#written === undefined) void this.#onThread(() => this.#close());
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const lines = this.#waiting;
      this.#waiting = [];
      try {
        await this.#onThread(() => this.#write(lines));
      } catch (error) {
        for (const line of lines) line.reject(error); // without effect on those that are written
        await this.#onThread(() => this.#close());
      }
      this.#waitingBytes -= lines.reduce((sum, { bytes }) => sum + bytes.length, 0);
    }
    this.#written = undefined;
    if (this.#isDisposed) await this.#onThread(() => this.#close());
  }

  /** Uses a thread of its own: an fsync must not hold up the streams of containers on the same device. */
  #onThread(operation: () => Promise<void>): Promise<void> {
    return deviceThreads.run(`audit ${this.#rotation.path}`, operation);
  }

  async #write(lines: readonly Line[]): Promise<void> {
    let rest = lines;
    for (let mayRotate = true; rest.length > 0; ) {
      const file = await this.#current();
      const { size } = await file.stat();
      const count = mayRotate ? countFitting(rest, size, this.#rotation.maxSizeBytes) : rest.length;
      await appendTo(file, rest.slice(0, count));
      rest = rest.slice(count);
      if (rest.length > 0) mayRotate = await this.#rotate();
    }
  }

  /** Resolves with whether the lines that follow go into a new file. */
  async #rotate(): Promise<boolean> {
    try {
      return await rotate(this.#rotation);
    } catch (error) {
      this.#onRotationError(error);
      return false;
    }
  }

  /** Returns the file that has the name now: another daemon, or logrotate, may have rotated ours. */
  async #current(): Promise<FileHandle> {
    const { path } = this.#rotation;
    if (this.#file !== undefined && (await isSameFile(this.#file, path))) return this.#file;
    await this.#close();
    this.#file = await openToAppend(path);
    return this.#file;
  }

  /** What close(2) reports has no reader: lines of refusals are on the disk by then. */
  async #close(): Promise<void> {
    const old = this.#file;
    this.#file = undefined;
    await old?.close().catch(() => {});
  }
}

/** Counts the lines that fit into a file; into an empty one the first line always does. */
function countFitting(lines: readonly Line[], size: number, maxSizeBytes: number): number {
  let end = size;
  let count = 0;
  for (const { bytes } of lines) {
    end += bytes.length;
    if (end > maxSizeBytes) break;
    count++;
  }
  return size === 0 ? Math.max(1, count) : count;
}

/** Writes whole lines by one write(2), unless the disk is full in the middle. */
async function appendTo(file: FileHandle, lines: readonly Line[]): Promise<void> {
  const bytes = Buffer.concat(lines.map((line) => line.bytes));
  for (let start = 0; start < bytes.length; ) start += (await file.write(bytes, start)).bytesWritten;
  if (lines.some(({ isSynced }) => isSynced)) await file.sync();
  for (const line of lines) line.resolve();
}

async function isSameFile(file: FileHandle, path: string): Promise<boolean> {
  const [ours, named] = [await file.stat(), await statIfThere(path)];
  return named !== undefined && ours.ino === named.ino && ours.dev === named.dev;
}

async function openToAppend(path: string): Promise<FileHandle> {
  try {
    return await open(path, "a", 0o600);
  } catch (error) {
    if (!hasErrorCode(error, "ENOENT")) throw error;
    await mkdir(dirname(path), { mode: 0o700 });
    return await open(path, "a", 0o600);
  }
}
