import { closeSync, constants, openSync, writeSync } from "node:fs";
import { encodeLine } from "./logfmt.ts";

/** Most bytes that wait for one flush. Lines beyond that are dropped and counted. */
const maxPendingBytes = 256 * 1024;

/**
 * The write end of one bundle's `log` FIFO. It is opened at the first flush that has something to write. Never blocks,
 * never throws.
 */
export class LogFifo implements Disposable {
  readonly #path: string;
  #fd = -1;
  #lines: string[] = [];
  #pendingBytes = 0;
  /** The rest of a line that the pipe accepted only in part. It must be finished before anything else is written. */
  #cut: Buffer | undefined;
  #dropped = 0;

  /** `path` is the FIFO that containerd made in the bundle. */
  constructor(path: string) {
    this.#path = path;
  }

  /** Number of lines that were lost since the last one that was written. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Queues one encoded line. */
  push(line: string): void {
    const sizeBytes = Buffer.byteLength(line);
    if (this.#pendingBytes + sizeBytes > maxPendingBytes) {
      this.#dropped++;
      return;
    }
    this.#pendingBytes += sizeBytes;
    this.#lines.push(line);
  }

  /**
   * Writes what is queued with one system call. What the pipe does not accept now is dropped and counted, except for
   * the rest of a line that was begun.
   */
  flush(): void {
    if (this.#lines.length === 0 && this.#cut === undefined) return;
    const lines = this.#lines;
    this.#lines = [];
    this.#pendingBytes = 0;
    if (!this.#open()) {
      this.#dropped += lines.length;
      return;
    }
    this.#write(lines);
  }

  [Symbol.dispose](): void {
    this.flush();
    this.#close();
  }

  #write(lines: readonly string[]): void {
    if (!this.#finishCut()) {
      this.#dropped += lines.length;
      return;
    }
    const report =
      this.#dropped === 0
        ? ""
        : encodeLine({ time: new Date(), level: "warning", message: "log lines dropped" }, { count: this.#dropped });
    const bytes = Buffer.from(report + lines.join(""));
    const written = this.#writeBytes(bytes);
    if (written === 0) {
      this.#dropped += lines.length;
      return;
    }
    const next = bytes[written - 1] === 0x0a ? written : bytes.indexOf(0x0a, written) + 1;
    if (next > written) this.#cut = bytes.subarray(written, next);
    this.#dropped = lineFeedsIn(bytes.subarray(next));
  }

  /** Returns whether a new line may begin. */
  #finishCut(): boolean {
    if (this.#cut === undefined) return true;
    const rest = this.#cut.subarray(this.#writeBytes(this.#cut));
    if (this.#fd === -1) return false;
    this.#cut = rest.length === 0 ? undefined : rest;
    return this.#cut === undefined;
  }

  /**
   * Returns how many bytes the pipe accepted. Without a reader (containerd is down) the descriptor is closed, and
   * opened again later.
   */
  #writeBytes(bytes: Buffer): number {
    try {
      return writeSync(this.#fd, bytes);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") this.#close();
      return 0;
    }
  }

  // ENXIO: no process reads it. ENOENT: the bundle is gone or has no FIFO. Either may have changed by the next flush.
  #open(): boolean {
    if (this.#fd !== -1) return true;
    try {
      const { O_WRONLY, O_NONBLOCK, O_APPEND, O_NOFOLLOW } = constants;
      this.#fd = openSync(this.#path, O_WRONLY | O_NONBLOCK | O_APPEND | O_NOFOLLOW);
      return true;
    } catch {
      return false;
    }
  }

  #close(): void {
    this.#cut = undefined;
    if (this.#fd === -1) return;
    const fd = this.#fd;
    this.#fd = -1;
    try {
      closeSync(fd);
    } catch {
      // A log descriptor that cannot be closed has no consequences.
    }
  }
}

function lineFeedsIn(bytes: Buffer): number {
  let count = 0;
  for (const byte of bytes) if (byte === 0x0a) count++;
  return count;
}
