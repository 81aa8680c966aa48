import { fchownSync } from "node:fs";
import type { Libc } from "../../native/libc.ts";
import { OwnedFd } from "../owned-fd.ts";
import type { PipeOwner } from "../stream.ts";

/**
 * A pipe that a logger reads. The shim keeps a read end as well. So when a logger dies, the writer gets no SIGPIPE, and
 * only the bytes that this logger had read are lost: the next one continues from there.
 */
export class LoggerPipe implements Disposable {
  readonly readEnd: OwnedFd;
  /** The writer's end, in blocking mode. It is to be closed here once the writer has it. */
  readonly writeEnd: OwnedFd;
  readonly #libc: Libc;
  readonly #stack: DisposableStack;

  /** The write end is owned by the io uid and gid. */
  constructor(libc: Libc, { ioUid, ioGid }: PipeOwner) {
    using stack = new DisposableStack();
    this.#libc = libc;
    const [readEnd, writeEnd] = libc.pipe();
    this.readEnd = stack.use(new OwnedFd(readEnd));
    this.writeEnd = stack.use(new OwnedFd(writeEnd));
    fchownSync(writeEnd, ioUid, ioGid);
    this.#stack = stack.move();
  }

  /** Whether everything has been read and nothing more can come. Also true after the pipe was disposed of. */
  get isOver(): boolean {
    if (this.#stack.disposed) return true;
    const { fd } = this.readEnd;
    // In this order, bytes that were written before the last writer closed the pipe are not missed.
    return this.#libc.isHungUp(fd) && this.#libc.bytesReadable(fd) === 0;
  }

  [Symbol.dispose](): void {
    this.#stack.dispose();
  }
}
