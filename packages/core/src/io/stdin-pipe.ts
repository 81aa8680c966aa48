import { constants, fchownSync } from "node:fs";
import { invalidArgument } from "../errors/errors.ts";
import type { Logger } from "../log/logger.ts";
import type { Libc } from "../native/libc.ts";
import { openPath, openReadEnd, reopen } from "./fifo.ts";
import { OwnedFd } from "./owned-fd.ts";
import { PipeCopy } from "./pipe-copy.ts";
import { PipeSink } from "./pipe-sink.ts";
import type { InputStream, OpenIoDeps, OpenIoOptions } from "./stream.ts";

/**
 * stdin as an anonymous pipe, fed from the client's FIFO.
 *
 * The shim holds a write end of the FIFO as well: a client that goes away is no end of input, another may come. Input
 * ends with `closeStdin`, when the clients' write ends are gone too and all that they wrote has been delivered.
 */
export class StdinPipe implements InputStream {
  readonly #libc: Libc;
  readonly #log: Logger;
  readonly #stack: DisposableStack;
  readonly #processEnd: OwnedFd;
  readonly #source: OwnedFd;
  readonly #keepAlive: OwnedFd;
  readonly #sink: PipeSink;
  #copy: PipeCopy | undefined;

  /**
   * Opens everything; copying starts with `handedOver`.
   * @throws {StatusError} InvalidArgument – no such path, or no FIFO.
   */
  constructor(path: string, { ioUid, ioGid }: OpenIoOptions, { libc, log }: OpenIoDeps) {
    using stack = new DisposableStack();
    this.#libc = libc;
    this.#log = log.with({ stream: "stdin", path });
    const { handle, isFifo } = openPath({ stream: "stdin", path });
    using _ = handle;
    if (!isFifo) throw invalidArgument(`opening stdin ${path} failed: not a FIFO`);
    this.#source = stack.use(openReadEnd(handle.fd));
    this.#keepAlive = stack.use(reopen(this.#source.fd, constants.O_WRONLY | constants.O_NONBLOCK));
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
    if (this.#stack.disposed || this.#copy) return;
    this.#processEnd.close();
    const events = { onEnd: () => this.#end(), onError: (error: Error) => this.#end(error) };
    this.#copy = this.#stack.use(new PipeCopy(this.#libc, this.#source, this.#sink, events));
  }

  closeStdin(): void {
    this.#keepAlive.close();
  }

  [Symbol.dispose](): void {
    this.#stack.dispose();
  }

  /** End of input, or a process that reads no more: closes the pipe, and the FIFO, so that clients get EPIPE. */
  #end(error?: NodeJS.ErrnoException): void {
    if (error && error.code !== "EPIPE") this.#log.warn("input lost", { error: error.message });
    this.#copy?.[Symbol.dispose]();
    this.#sink[Symbol.dispose]();
    this.#keepAlive.close();
  }
}
