import { closeSync, fstatSync, openSync, statSync, unlinkSync } from "node:fs";
import type { Libc } from "../../native/libc.ts";

/**
 * The right to start the daemon of a group. The kernel releases the lock when its holder exits, however that happens.
 */
export class StartLock implements Disposable {
  readonly #fd: number;
  readonly #path: string;

  private constructor(fd: number, path: string) {
    this.#fd = fd;
    this.#path = path;
  }

  /** Takes the lock without waiting. Returns undefined if another process has it. */
  static tryOpen(libc: Libc, path: string): StartLock | undefined {
    const fd = openSync(path, "a", 0o600);
    // The holder removes the file before it unlocks, so we may have locked a file that no other process finds any more.
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
