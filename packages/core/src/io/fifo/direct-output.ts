import type { Libc } from "../../native/libc.ts";
import type { OwnedFd } from "../owned-fd.ts";
import type { OutputStream } from "../stream.ts";
import { openReadEnd, openWriteEnd } from "./fifo.ts";
import { whenRead } from "./unread-bytes.ts";

/**
 * The client's FIFO as the process's own stdout or stderr: the shim touches no byte.
 *
 * It holds a read end until it is disposed of, so that the process gets no SIGPIPE while the client is away, and blocks
 * when the FIFO is full. It holds no write end while the process lives, so the kernel delivers the end of file.
 * When the process ends with bytes unread it holds one until they are read: the open of a client that comes later would
 * hang otherwise, with the last lines still in the FIFO.
 */
export class DirectOutput implements OutputStream {
  /** What the process wrote is in the FIFO; the end of file is the kernel's business. */
  readonly finished = Promise.resolve(true);
  readonly #libc: Libc;
  readonly #stack: DisposableStack;
  readonly #readEnd: OwnedFd;
  readonly #writeEnd: OwnedFd;

  private constructor(libc: Libc, stack: DisposableStack, readEnd: OwnedFd, writeEnd: OwnedFd) {
    this.#libc = libc;
    this.#stack = stack;
    this.#readEnd = readEnd;
    this.#writeEnd = writeEnd;
  }

  /** Opens both ends of the FIFO behind `handle`, which stays the caller's. */
  static open(libc: Libc, handle: number): DirectOutput {
    using stack = new DisposableStack();
    const readEnd = stack.use(openReadEnd(handle));
    const writeEnd = stack.use(openWriteEnd(readEnd.fd));
    return new DirectOutput(libc, stack.move(), readEnd, writeEnd);
  }

  get fd(): number {
    return this.#writeEnd.fd;
  }

  handedOver(): void {
    this.#writeEnd.close();
  }

  processExited(): void {
    if (this.#stack.disposed || this.#libc.bytesReadable(this.#readEnd.fd) === 0) return;
    const late = this.#stack.use(openWriteEnd(this.#readEnd.fd));
    this.#stack.use(whenRead(this.#libc, this.#readEnd.fd, () => late.close()));
  }

  unread(): number {
    return this.#stack.disposed ? 0 : this.#libc.bytesReadable(this.#readEnd.fd);
  }

  [Symbol.dispose](): void {
    this.#stack.dispose();
  }
}
