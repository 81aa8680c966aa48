import { ReadStream } from "node:tty";
import { attempt } from "../../log/attempt.ts";
import type { Logger } from "../../log/logger.ts";
import type { Libc } from "../../native/libc.ts";
import { hasErrorCode } from "../../native/libc-error.ts";
import type { OutputTarget } from "../copy/output-target.ts";
import { type OpenReader, PipeCopy } from "../copy/pipe-copy.ts";
import type { Sink } from "../copy/sink.ts";
import { OwnedFd } from "../owned-fd.ts";

const firstRetryMs = 1;
const longestRetryMs = 250;

/** libuv reopens a terminal by its name, but not the master of one: it reads the descriptor that it is given. */
const openReader: OpenReader = (fd, onread) => new ReadStream(fd, { readable: true, writable: false, onread });

/**
 * Copies what a process writes to its terminal to the client's stdout.
 *
 * Reading a master fails with EIO when everything has been read and no process has the terminal open. While the process
 * lives, EIO is not final, because the process may open its terminal again. So the read is retried, at growing
 * intervals.
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

  /**
   * Resolves with true when everything has reached the client's side, with false if disposed before that. Never
   * rejects.
   */
  get finished(): Promise<boolean> {
    return this.#finished.promise;
  }

  /** Bytes of the terminal's output that have not been copied yet. */
  get unread(): number {
    return this.#copy?.unread ?? 0;
  }

  /** Starts to copy. `master` is non-blocking. It stays the caller's, who keeps it open until the copy has ended. */
  start(master: number): void {
    this.#master = master;
    this.#read();
  }

  /** Makes the next EIO final: no process can open the terminal again. */
  processExited(): void {
    this.#isExited = true;
    if (this.#retry !== undefined) this.#readAgain();
  }

  /** Ends the copy, and the output with what has been copied so far. */
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
    // libuv reports end of file if the terminal was hung up while bytes were arriving. There may be more.
    const events = { onEnd: () => this.#readLater(), onError: (error: Error) => this.#failed(error) };
    using source = new OwnedFd(this.#libc.duplicate(this.#master));
    this.#copy = new PipeCopy(this.#libc, { source, sink: this.#sink, openReader }, events);
  }

  /** Tries to read. The cause of a failure may pass, such as a lack of descriptors, so it is retried. */
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

  /** Wraps the client's sink, without splicing: a terminal yields less than a page at a time. */
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
