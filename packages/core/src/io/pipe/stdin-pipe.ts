import { fchownSync } from "node:fs";
import type { Logger } from "../../log/logger.ts";
import { PipeSink } from "../copy/pipe-sink.ts";
import { ClientInput } from "../fifo/client-input.ts";
import { OwnedFd } from "../owned-fd.ts";
import type { InputStream, OpenIoDeps, PipeOwner } from "../stream.ts";

/** The client's FIFO for stdin. */
export interface StdinFifo {
  readonly path: string;
  /** Refers to it. */
  readonly handle: number;
}

/** stdin as an anonymous pipe, fed from the client's FIFO. */
export class StdinPipe implements InputStream {
  readonly #log: Logger;
  readonly #stack: DisposableStack;
  readonly #client: ClientInput;
  readonly #processEnd: OwnedFd;
  readonly #sink: PipeSink;
  #isCopying = false;

  /** Opens everything; copying starts with `handedOver`. The handle stays the caller's. */
  constructor({ path, handle }: StdinFifo, { ioUid, ioGid }: PipeOwner, { libc, log }: Omit<OpenIoDeps, "reaper">) {
    using stack = new DisposableStack();
    this.#log = log.with({ stream: "stdin", path });
    this.#client = stack.use(new ClientInput(libc, handle));
    const [processEnd, target] = libc.pipe();
    this.#processEnd = stack.use(new OwnedFd(processEnd));
    const writeEnd = stack.use(new OwnedFd(target));
    fchownSync(processEnd, ioUid, ioGid);
    this.#sink = stack.use(new PipeSink(writeEnd, (error) => this.#end(error)));
    this.#stack = stack.move();
  }

  get fd(): number {
    return this.#processEnd.fd;
  }

  handedOver(): void {
    if (this.#stack.disposed || this.#isCopying) return;
    this.#isCopying = true;
    this.#processEnd.close();
    this.#client.copyTo(this.#sink, (error) => this.#end(error));
  }

  closeStdin(): void {
    this.#client.closeStdin();
  }

  [Symbol.dispose](): void {
    this.#stack.dispose();
  }

  /**
   * Ends the copy at the end of input, or when the process no longer reads. Closes the pipe, and the FIFO as well, so
   * that clients get EPIPE.
   */
  #end(error?: NodeJS.ErrnoException): void {
    if (error && error.code !== "EPIPE") this.#log.warn("input lost", { error: error.message });
    this.#client[Symbol.dispose]();
    this.#sink[Symbol.dispose]();
  }
}
