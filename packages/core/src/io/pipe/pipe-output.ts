import { fchownSync } from "node:fs";
import type { Logger } from "../../log/logger.ts";
import type { Libc } from "../../native/libc.ts";
import { ClientOutput, type ClientPath } from "../fifo/client-output.ts";
import { OwnedFd } from "../owned-fd.ts";
import type { OutputStream } from "../stream.ts";
import { PipeCopy } from "./pipe-copy.ts";

export interface PipeOutputOptions extends ClientPath {
  readonly ioUid: number;
  readonly ioGid: number;
}

/** stdout or stderr as an anonymous pipe, copied to the client's FIFO or appended to a file. */
export class PipeOutput implements OutputStream {
  readonly #libc: Libc;
  readonly #log: Logger;
  readonly #stack: DisposableStack;
  readonly #processEnd: OwnedFd;
  readonly #source: OwnedFd;
  readonly #client: ClientOutput;
  readonly #finished = Promise.withResolvers<boolean>();
  #isCopying = false;

  /** Opens everything; copying starts with `handedOver`. */
  constructor(libc: Libc, log: Logger, options: PipeOutputOptions) {
    using stack = new DisposableStack();
    this.#libc = libc;
    this.#log = log.with({ stream: options.named.stream, path: options.named.path });
    this.#client = stack.use(new ClientOutput(libc, this.#log, options));
    const [source, processEnd] = libc.pipe();
    this.#source = stack.use(new OwnedFd(source));
    this.#processEnd = stack.use(new OwnedFd(processEnd));
    fchownSync(processEnd, options.ioUid, options.ioGid);
    this.#stack = stack.move();
  }

  get fd(): number {
    return this.#processEnd.fd;
  }

  get finished(): Promise<boolean> {
    return this.#finished.promise;
  }

  handedOver(): void {
    if (this.#stack.disposed || this.#isCopying) return;
    this.#isCopying = true;
    this.#processEnd.close();
    const onError = (error: Error): void => {
      this.#log.warn("output could not be read", { error: error.message });
      this.#onEnd();
    };
    this.#stack.use(new PipeCopy(this.#libc, this.#source, this.#client.sink, { onEnd: () => this.#onEnd(), onError }));
  }

  /** Nothing to do: the pipe's end of file says more, as a grandchild may still write. */
  processExited(): void {}

  [Symbol.dispose](): void {
    this.#stack.dispose();
    this.#finished.resolve(false);
  }

  #onEnd(): void {
    this.#finished.resolve(true);
    this.#client.end();
  }
}
