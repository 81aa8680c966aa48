import type { Libc } from "../../native/libc.ts";
import { PipeSink } from "../copy/pipe-sink.ts";
import type { Sink } from "../copy/sink.ts";
import { OwnedFd } from "../owned-fd.ts";

/**
 * Writes to the master of a terminal as to a pipe: it never blocks, and the event loop waits for room.
 *
 * libuv writes in a busy loop to a terminal that is not its own, and it has no other way to write to one. But it checks
 * the type of a descriptor only once. So the sink is opened on a pipe, whose descriptor is then turned into one of the
 * master.
 */
export class TerminalSink implements Sink {
  /** Splicing would consume bytes that the terminal has no room for. */
  readonly spliceFd = undefined;
  readonly #pipe: PipeSink;

  /** `master` is non-blocking and stays the caller's. `onError` is called as for a pipe. */
  constructor(libc: Libc, master: number, onError: (error: Error) => void) {
    const [readEnd, writeEnd] = libc.pipe();
    using _ = new OwnedFd(readEnd);
    this.#pipe = new PipeSink(new OwnedFd(writeEnd), onError);
    libc.dup2(master, writeEnd);
    libc.setCloseOnExec(writeEnd, true);
  }

  write(chunk: Buffer, resume: () => void): boolean {
    return this.#pipe.write(chunk, resume);
  }

  [Symbol.dispose](): void {
    this.#pipe[Symbol.dispose]();
  }
}
