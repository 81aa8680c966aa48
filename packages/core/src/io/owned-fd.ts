import { closeSync } from "node:fs";

/** A file descriptor with one owner. It is closed once, however often `close` is called. */
export class OwnedFd implements Disposable {
  readonly fd: number;
  #open = true;

  constructor(fd: number) {
    this.fd = fd;
  }

  /** Hands the descriptor to another owner: from now on `close` does nothing. */
  release(): number {
    this.#open = false;
    return this.fd;
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    closeSync(this.fd);
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
