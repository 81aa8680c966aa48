import { ReadStream } from "node:tty";
import { attempt } from "../../log/attempt.ts";
import type { Logger } from "../../log/logger.ts";
import type { Libc } from "../../native/libc.ts";
import { hasErrorCode } from "../../native/libc-error.ts";
import { OwnedFd } from "../owned-fd.ts";
import type { OutputTarget } from "../pipe/output-target.ts";
import { type OpenReader, PipeCopy } from "../pipe/pipe-copy.ts";
import type { Sink } from "../pipe/sink.ts";

const firstRetryMs = 1;
const longestRetryMs = 250;

/** libuv reopens a terminal by its name, but not the master of one: it reads the descriptor that it gets. */
const openReader: OpenReader = (fd, onread) => new ReadStream(fd, { readable: true, writable: false, onread });

/**
 * What a process writes to its terminal, copied to the client's stdout.
 *
 * A master is at its end when reading fails with EIO: everything has been read and no process has the terminal open. While
 * the process lives that is not the end, as it may open its terminal again, so it is tried again, less and less often.
 */
export class TerminalOutput implements Disposable {
  readonly #libc: Libc;
  readonly #log: Logger;
  readonly #target: OutputTarget;
  readonly #sink: Sink;
  readonly #finished = Promise.withResolvers<boolean>();
  #master = -1;
  #copy: PipeCopy | undefined;
  #retry: NodeJS.Timeout | undefined;
  #retryMs = firstRetryMs;
  #isExited = false;
  #isOver = false;

  /** The target stays the caller's. */
  constructor(libc: Libc, log: Logger, target: OutputTarget) {
    this.#libc = libc;
    this.#log = log;
    this.#target = target;
    this.#sink = this.#observe(target.sink);
  }

  /** True when everything has reached the client's side, false when disposed of before. Never rejects. */
  get finished(): Promise<boolean> {
    return this.#finished.promise;
  }

  /** Bytes that the terminal has shown and nobody copied. */
  get unread(): number {
    return this.#copy?.unread ?? 0;
  }

  /** Starts copying. `master` is non-blocking; it stays the caller's, who keeps it open until this is over. */
  start(master: number): void {
    this.#master = master;
    this.#read();
  }

  /** No process can open the terminal again: the next EIO is the end. */
  processExited(): void {
    this.#isExited = true;
    if (this.#retry !== undefined) this.#readAgain();
  }

  /** Ends the copy and with it the output, as it is. */
  end(): void {
    this.#stop();
    this.#target.end(() => this.#finished.resolve(true));
  }

  [Symbol.dispose](): void {
    this.#stop();
    this.#finished.resolve(false);
  }

  #stop(): void {
    this.#isOver = true;
    clearTimeout(this.#retry);
    this.#copy?.[Symbol.dispose]();
  }

  #read(): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#copy?.[Symbol.dispose]();
    if (this.#isOver) return;
    // libuv's end of file means that it was hung up while bytes were coming, and that there may be more.
    const events = { onEnd: () => this.#readLater(), onError: (error: Error) => this.#failed(error) };
    using source = new OwnedFd(this.#libc.duplicate(this.#master));
    this.#copy = new PipeCopy(this.#libc, source, this.#sink, events, openReader);
  }

  /** What keeps it from reading, as a lack of descriptors, may pass. */
  #readAgain(): void {
    const note = { log: this.#log, message: "output could not be read", fields: {} };
    if (!attempt(note, () => this.#read())) this.#readLater();
  }

  #failed(error: Error): void {
    if (this.#isOver) return;
    const isHungUp = hasErrorCode(error, "EIO");
    if (!isHungUp) this.#log.warn("output could not be read", { error: error.message });
    if (isHungUp && !this.#isExited) this.#readLater();
    else this.end();
  }

  #readLater(): void {
    if (this.#isOver) return;
    this.#retry = setTimeout(() => this.#readAgain(), this.#retryMs).unref();
    this.#retryMs = Math.min(this.#retryMs * 2, longestRetryMs);
  }

  /** The client's sink, without splice: a terminal gives less than a page at a time. */
  #observe(sink: Sink): Sink {
    return {
      spliceFd: undefined,
      write: (chunk, resume) => {
        this.#retryMs = firstRetryMs;
        return sink.write(chunk, resume);
      },
      [Symbol.dispose]: () => {},
    };
  }
}
