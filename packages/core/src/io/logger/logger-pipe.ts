import { fchownSync } from "node:fs";
import type { Libc } from "../../native/libc.ts";
import { OwnedFd } from "../owned-fd.ts";

/**
 * A pipe that a logger reads. The shim keeps a read end as well, so that the death of a logger is no SIGPIPE for the writer,
 * and loses nothing but what that logger had taken: the next one reads on.
 */
export class LoggerPipe implements Disposable {
  readonly readEnd: OwnedFd;
  /** The writer's, in blocking mode; to be closed here once the writer has it. */
  readonly writeEnd: OwnedFd;
  readonly #libc: Libc;
  readonly #stack: DisposableStack;

  /** The write end belongs to the io uid and gid. */
  constructor(libc: Libc, { ioUid, ioGid }: { readonly ioUid: number; readonly ioGid: number }) {
    using stack = new DisposableStack();
    this.#libc = libc;
    const [readEnd, writeEnd] = libc.pipe();
    this.readEnd = stack.use(new OwnedFd(readEnd));
    this.writeEnd = stack.use(new OwnedFd(writeEnd));
    fchownSync(writeEnd, ioUid, ioGid);
    this.#stack = stack.move();
  }

  /** Everything has been read and nothing more can come. Also after the pipe was disposed of. */
  get isOver(): boolean {
    if (this.#stack.disposed) return true;
    const { fd } = this.readEnd;
    // In this order: what is written before the last writer goes is seen.
    return this.#libc.isHungUp(fd) && this.#libc.bytesReadable(fd) === 0;
  }

  [Symbol.dispose](): void {
    this.#stack.dispose();
  }
}
