import type { Logger } from "../../log/logger.ts";
import type { Libc } from "../../native/libc.ts";
import { FileSink } from "../file/file-sink.ts";
import type { OpenedPath } from "../open-path.ts";
import type { OwnedFd } from "../owned-fd.ts";
import { DropOldestSink } from "../pipe/drop-oldest-sink.ts";
import type { OutputTarget } from "../pipe/output-target.ts";
import { PipeSink } from "../pipe/pipe-sink.ts";
import type { Sink } from "../pipe/sink.ts";
import type { ReaderPolicy } from "../stream.ts";
import { hasOtherReader, openReadEnd, openWriteEnd } from "./fifo.ts";
import { whenRead } from "./unread-bytes.ts";

/**
 * The client's side of an output that is copied: its FIFO, or a file that is appended to.
 *
 * The shim also holds a read end of the FIFO. So writing does not fail while the client is away: it waits, and the
 * process waits with it, unless the policy says otherwise.
 */
export class ClientOutput implements OutputTarget {
  readonly sink: Sink;
  readonly #libc: Libc;
  readonly #stack: DisposableStack;
  /** Read end of the FIFO; undefined: the path is a file. */
  readonly #fifo: OwnedFd | undefined;

  /**
   * Never blocks, whether or not another process holds the FIFO's other end. Takes the file over; the handle stays the
   * caller's.
   */
  constructor(libc: Libc, log: Logger, { file, handle }: OpenedPath, policy: ReaderPolicy) {
    using stack = new DisposableStack();
    this.#libc = libc;
    const onError = (error: Error): void => log.warn("output lost", { error: error.message });
    this.#fifo = file === undefined ? stack.use(openReadEnd(handle)) : undefined;
    const toFifo = (): Sink => new PipeSink(stack.use(openWriteEnd(handle)), onError);
    const sink = stack.use(file ? new FileSink(file, onError) : toFifo());
    const isDropping = this.#fifo !== undefined && policy.whenReaderIsAway === "drop-oldest";
    this.sink = isDropping ? stack.use(new DropOldestSink(sink, policy.dropBufferBytes, log)) : sink;
    this.#stack = stack.move();
  }

  unread(): number {
    if (this.#fifo === undefined || this.#stack.disposed) return 0;
    return this.#libc.bytesReadable(this.#fifo.fd) + (this.sink.waitingBytes ?? 0);
  }

  hasReader(): boolean {
    if (this.#fifo === undefined) return true;
    return !this.#stack.disposed && hasOtherReader(this.#libc, this.#fifo.fd);
  }

  /**
   * Closes the FIFO's write end once all has been read. So a client that comes late finds the last lines, and then the
   * end of file.
   */
  end(delivered: () => void): void {
    if (this.#stack.disposed) return;
    const close = (): void => this.sink[Symbol.dispose]();
    const inFifo = (): void => {
      delivered();
      if (this.#stack.disposed) return;
      if (this.#fifo === undefined) close();
      else this.#stack.use(whenRead(this.#libc, this.#fifo.fd, close));
    };
    if (this.sink.whenEmpty) this.sink.whenEmpty(inFifo);
    else inFifo();
  }

  [Symbol.dispose](): void {
    this.#stack.dispose();
  }
}
