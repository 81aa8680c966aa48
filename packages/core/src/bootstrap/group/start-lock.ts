import { closeSync, fstatSync, openSync, statSync, unlinkSync } from "node:fs";
import type { Libc } from "../../native/libc.ts";

/** The right to start the daemon of a group. The kernel ends it with the process, however that dies. */
export class StartLock implements Disposable {
  readonly #fd: number;
  readonly #path: string;

  private constructor(fd: number, path: string) {
    this.#fd = fd;
    this.#path = path;
  }

  /** Returns undefined if another process has it. */
  static tryOpen(libc: Libc, path: string): StartLock | undefined {
    const fd = openSync(path, "a", 0o600);
    // A holder removes the file before it lets go: what we locked may be a file that nobody finds any more.
    if (libc.tryLock(fd) && fstatSync(fd).ino === statSync(path, { throwIfNoEntry: false })?.ino) {
      return new StartLock(fd, path);
    }
    closeSync(fd);
    return undefined;
  }

  [Symbol.dispose](): void {
    unlinkSync(this.#path);
    closeSync(this.#fd);
  }
}
