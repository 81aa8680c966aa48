import { closeSync } from "node:fs";

/** A file descriptor with one owner: closed once, however often it is asked for. */
export class OwnedFd implements Disposable {
  readonly fd: number;
  #open = true;

  constructor(fd: number) {
    this.fd = fd;
  }

  /** Hands the descriptor to another owner: `close` does nothing any more. */
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
