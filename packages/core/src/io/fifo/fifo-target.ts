import type { Logger } from "../../log/logger.ts";
import type { Libc } from "../../native/libc.ts";
import type { OutputTarget } from "../copy/output-target.ts";
import { openReaderSink, type ReaderPolicy } from "../copy/reader-policy.ts";
import { type Sink, whenWritten } from "../copy/sink.ts";
import { whenRead } from "../copy/when-true.ts";
import type { OwnedFd } from "../owned-fd.ts";
import { hasOtherReader, openReadEnd, openWriteEnd } from "./fifo.ts";

/**
 * The client's FIFO as the target of a copy.
 *
 * The shim also holds a read end of the FIFO. So writing does not fail while the client is away: it waits, and the
 * process waits with it, unless the policy says otherwise.
 */
export class FifoTarget implements OutputTarget {
  readonly sink: Sink;
  readonly #libc: Libc;
  readonly #stack: DisposableStack;
  readonly #readEnd: OwnedFd;

  /** Never blocks, whether or not another process holds the FIFO's other end. `handle` stays the caller's. */
  constructor(handle: number, policy: ReaderPolicy, { libc, log }: { readonly libc: Libc; readonly log: Logger }) {
    using stack = new DisposableStack();
    this.#libc = libc;
    this.#readEnd = stack.use(openReadEnd(handle));
    const writeEnd = stack.use(openWriteEnd(handle));
    this.sink = stack.use(openReaderSink(writeEnd, policy, log));
    this.#stack = stack.move();
  }

  unread(): number {
    if (this.#stack.disposed) return 0;
    return this.#libc.bytesReadable(this.#readEnd.fd) + (this.sink.waitingBytes ?? 0);
  }

  hasReader(): boolean {
    return !this.#stack.disposed && hasOtherReader(this.#libc, this.#readEnd.fd);
  }

  /**
   * Closes the FIFO's write end once all has been read. So a client that comes late finds the last lines, and then the
   * end of file.
   */
  end(delivered: () => void): void {
    whenWritten(this.sink, () => {
      if (this.#stack.disposed) return;
      delivered();
      this.#stack.use(whenRead(this.#libc, this.#readEnd.fd, () => this.sink[Symbol.dispose]()));
    });
  }

  [Symbol.dispose](): void {
    this.#stack.dispose();
  }
}
