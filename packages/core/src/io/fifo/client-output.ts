import { constants } from "node:fs";
import type { Logger } from "../../log/logger.ts";
import type { Libc } from "../../native/libc.ts";
import { FileSink } from "../file/file-sink.ts";
import type { OwnedFd } from "../owned-fd.ts";
import { PipeSink } from "../pipe/pipe-sink.ts";
import type { Sink } from "../pipe/sink.ts";
import { type NamedPath, openReadEnd, openWriteEnd, pathError, reopen } from "./fifo.ts";
import { whenRead } from "./unread-bytes.ts";

/** A path that the client gave for an output. */
export interface ClientPath {
  readonly named: NamedPath;
  /** The O_PATH handle of the path. Stays the caller's. */
  readonly handle: number;
  readonly isFifo: boolean;
}

/**
 * The client's side of an output that is copied: its FIFO, or a file that is appended to.
 *
 * The shim also holds a read end of the FIFO: when the client is away writing does not fail, it waits, and with it the
 * process.
 */
export class ClientOutput implements Disposable {
  readonly sink: Sink;
  readonly #libc: Libc;
  readonly #stack: DisposableStack;
  /** Read end of the FIFO; undefined: the path is a file. */
  readonly #fifo: OwnedFd | undefined;

  /** Never blocks, whoever holds the FIFO's other end. */
  constructor(libc: Libc, log: Logger, path: ClientPath) {
    using stack = new DisposableStack();
    this.#libc = libc;
    this.#fifo = path.isFifo ? stack.use(openReadEnd(path.handle)) : undefined;
    const target = stack.use(this.#fifo ? openWriteEnd(this.#fifo.fd) : openForAppending(path));
    const onError = (error: Error): void => log.warn("output lost", { error: error.message });
    this.sink = stack.use(this.#fifo ? new PipeSink(target, onError) : new FileSink(target, onError));
    this.#stack = stack.move();
  }

  /**
   * The output is complete and in the sink. The FIFO's write end is closed when all of it has been read, so a client
   * that comes late finds the last lines, and then the end of file.
   */
  end(): void {
    if (this.#stack.disposed) return;
    const close = (): void => this.sink[Symbol.dispose]();
    if (this.#fifo === undefined) close();
    else this.#stack.use(whenRead(this.#libc, this.#fifo.fd, close));
  }

  [Symbol.dispose](): void {
    this.#stack.dispose();
  }
}

function openForAppending({ named, handle }: ClientPath): OwnedFd {
  try {
    return reopen(handle, constants.O_WRONLY | constants.O_APPEND);
  } catch (error) {
    throw pathError(named, error);
  }
}
