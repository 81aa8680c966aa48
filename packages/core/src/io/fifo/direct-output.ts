import type { Libc } from "../../native/libc.ts";
import { whenTrue } from "../copy/when-true.ts";
import type { OwnedFd } from "../owned-fd.ts";
import type { OutputStream } from "../stream.ts";
import { hasReader, openReadEnd, openWriteEnd } from "./fifo.ts";

/** The two ends of the FIFO. */
interface Ends {
  readonly readEnd: OwnedFd;
  readonly writeEnd: OwnedFd;
}

/**
 * The client's FIFO as the process's own stdout or stderr: the shim touches no byte.
 *
 * The shim holds a read end while the process lives. So the process gets no SIGPIPE while the client is away; it blocks
 * when the FIFO is full. The shim holds no write end during that time, so the kernel delivers the end of file.
 * If the process exits with bytes unread, the shim holds a write end instead, until they are read. Otherwise a client
 * that comes later would hang in open(2), with the last lines still in the FIFO. Any process that has the FIFO open for
 * reading then counts as a client.
 */
export class DirectOutput implements OutputStream {
  /** What the process wrote is in the FIFO, and the kernel delivers the end of file. */
  readonly finished = Promise.resolve(true);
  readonly #libc: Libc;
  readonly #stack: DisposableStack;
  readonly #readEnd: OwnedFd;
  readonly #writeEnd: OwnedFd;
  /** Write end that keeps the bytes that are unread at the exit, until they are read. */
  #late: OwnedFd | undefined;
  #isTaken = false;

  private constructor(libc: Libc, stack: DisposableStack, { readEnd, writeEnd }: Ends) {
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
    return new DirectOutput(libc, stack.move(), { readEnd, writeEnd });
  }

  get fd(): number {
    return this.#writeEnd.fd;
  }

  handedOver(): void {
    this.#writeEnd.close();
  }

  processExited(): void {
    if (this.#stack.disposed) return;
    const taken = (): void => {
      this.#isTaken = this.#late !== undefined;
      this.#late?.close();
    };
    this.#stack.use(whenTrue(() => this.#isRead(), taken));
  }

  /** After the exit, bytes count only while a client has the FIFO open and may still read them. */
  unread(): number {
    const bytes = this.#bytes();
    return bytes === 0 || this.#late === undefined || hasReader(this.#late.fd) ? bytes : 0;
  }

  [Symbol.dispose](): void {
    this.#stack.dispose();
  }

  #isRead(): boolean {
    if (this.#bytes() === 0) return true;
    if (this.#late === undefined) {
      this.#late = this.#stack.use(openWriteEnd(this.#readEnd.fd));
      this.#readEnd.close();
    }
    return false;
  }

  #bytes(): number {
    if (this.#stack.disposed || this.#isTaken) return 0;
    return this.#libc.bytesReadable((this.#late ?? this.#readEnd).fd);
  }
}
