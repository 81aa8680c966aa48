import { execFileSync } from "node:child_process";
import { closeSync, constants, openSync, readSync } from "node:fs";

/** A FIFO as containerd makes it. Its reader can be closed and opened again. */
export class Fifo implements Disposable {
  readonly path: string;
  #fd = -1;

  constructor(path: string) {
    this.path = path;
    execFileSync("mkfifo", ["-m", "0700", path]);
  }

  /** Opens a reader. By default it also holds a write end, as containerd does. */
  open(flags: number = constants.O_RDWR): void {
    this.#fd = openSync(this.path, flags | constants.O_NONBLOCK);
  }

  /** Reads what is in the pipe, at most `sizeBytes`. */
  read(sizeBytes: number = 1 << 20): string {
    const chunks: Buffer[] = [];
    let left = sizeBytes;
    try {
      while (left > 0) {
        const chunk = Buffer.alloc(Math.min(left, 65_536));
        const count = readSync(this.#fd, chunk);
        if (count === 0) break;
        left -= count;
        chunks.push(chunk.subarray(0, count));
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
    }
    return Buffer.concat(chunks).toString();
  }

  close(): void {
    if (this.#fd === -1) return;
    closeSync(this.#fd);
    this.#fd = -1;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
