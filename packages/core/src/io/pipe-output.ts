import { constants, fchownSync } from "node:fs";
import type { Logger } from "../log/logger.ts";
import type { Libc } from "../native/libc.ts";
import { type NamedPath, openReadEnd, openWriteEnd, pathError, reopen } from "./fifo.ts";
import { FileSink } from "./file-sink.ts";
import { OwnedFd } from "./owned-fd.ts";
import { PipeCopy } from "./pipe-copy.ts";
import { PipeSink } from "./pipe-sink.ts";
import type { Sink } from "./sink.ts";
import type { OutputStream } from "./stream.ts";
import { whenRead } from "./unread-bytes.ts";

export interface PipeOutputOptions {
  readonly named: NamedPath;
  /** The O_PATH handle of the path. Stays the caller's. */
  readonly handle: number;
  readonly isFifo: boolean;
  readonly ioUid: number;
  readonly ioGid: number;
}

/**
 * stdout or stderr as an anonymous pipe, copied to the client's FIFO or appended to a file.
 *
 * The shim also holds a read end of the FIFO: when the client is away writing does not fail, it waits, and with it the
 * process. The FIFO's write end is closed when the pipe is at its end, all of it is in the FIFO and has been read there,
 * so a client that comes late finds the last lines, and then the end of file.
 */
export class PipeOutput implements OutputStream {
  readonly #libc: Libc;
  readonly #log: Logger;
  readonly #stack: DisposableStack;
  readonly #processEnd: OwnedFd;
  readonly #source: OwnedFd;
  readonly #sink: Sink;
  /** Read end of the FIFO; undefined: the path is a file. */
  readonly #fifo: OwnedFd | undefined;
  readonly #finished = Promise.withResolvers<boolean>();
  #isCopying = false;

  /** Opens everything; copying starts with `handedOver`. */
  constructor(libc: Libc, log: Logger, options: PipeOutputOptions) {
    using stack = new DisposableStack();
    this.#libc = libc;
    this.#log = log.with({ stream: options.named.stream, path: options.named.path });
    this.#fifo = options.isFifo ? stack.use(openReadEnd(options.handle)) : undefined;
    const target = stack.use(this.#fifo ? openWriteEnd(this.#fifo.fd) : openForAppending(options));
    const [source, processEnd] = libc.pipe();
    this.#source = stack.use(new OwnedFd(source));
    this.#processEnd = stack.use(new OwnedFd(processEnd));
    fchownSync(processEnd, options.ioUid, options.ioGid);
    const onError = (error: Error): void => this.#log.warn("output lost", { error: error.message });
    this.#sink = stack.use(this.#fifo ? new PipeSink(target, onError) : new FileSink(target, onError));
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
    this.#stack.use(new PipeCopy(this.#libc, this.#source, this.#sink, { onEnd: () => this.#onEnd(), onError }));
  }

  /** Nothing to do: the pipe's end of file says more, as a grandchild may still write. */
  processExited(): void {}

  [Symbol.dispose](): void {
    this.#stack.dispose();
    this.#finished.resolve(false);
  }

  #onEnd(): void {
    this.#finished.resolve(true);
    const close = (): void => this.#sink[Symbol.dispose]();
    if (this.#fifo === undefined) close();
    else this.#stack.use(whenRead(this.#libc, this.#fifo.fd, close));
  }
}

function openForAppending({ named, handle }: PipeOutputOptions): OwnedFd {
  try {
    return reopen(handle, constants.O_WRONLY | constants.O_APPEND);
  } catch (error) {
    throw pathError(named, error);
  }
}
