import { constants } from "node:fs";
import type { Libc } from "../../native/libc.ts";
import { PipeCopy } from "../copy/pipe-copy.ts";
import type { Sink } from "../copy/sink.ts";
import type { OwnedFd } from "../owned-fd.ts";
import { openReadEnd, reopen } from "./fifo.ts";

/**
 * The client's side of stdin: its FIFO.
 *
 * The shim holds a write end of the FIFO as well. So input does not end when a client goes away, and another client may
 * come. Input ends after `closeStdin`, once the clients' write ends are closed too and all that they wrote has been
 * delivered.
 */
export class ClientInput implements Disposable {
  readonly #libc: Libc;
  readonly #stack: DisposableStack;
  readonly #source: OwnedFd;
  readonly #keepAlive: OwnedFd;

  /** `handle` refers to the FIFO and stays the caller's. */
  constructor(libc: Libc, handle: number) {
    using stack = new DisposableStack();
    this.#libc = libc;
    this.#source = stack.use(openReadEnd(handle));
    this.#keepAlive = stack.use(reopen(this.#source.fd, constants.O_WRONLY | constants.O_NONBLOCK));
    this.#stack = stack.move();
  }

  /**
   * Starts to copy; call it once. `onEnd` is called when everything is in `sink`, with an error if the FIFO could not
   * be read.
   */
  copyTo(sink: Sink, onEnd: (error?: Error) => void): void {
    if (this.#stack.disposed) return;
    this.#stack.use(new PipeCopy(this.#libc, { source: this.#source, sink }, { onEnd: () => onEnd(), onError: onEnd }));
  }

  /** Ends the input after what the clients wrote. Idempotent. */
  closeStdin(): void {
    this.#keepAlive.close();
  }

  /** Closes the FIFO: clients that write get EPIPE from now on. */
  [Symbol.dispose](): void {
    this.#stack.dispose();
  }
}
