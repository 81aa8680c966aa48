import type { Libc } from "../../native/libc.ts";
import { PipeCopy } from "../copy/pipe-copy.ts";
import type { Sink } from "../copy/sink.ts";
import { openReadEnd } from "../fifo/fifo.ts";

/** Reads pipes and discards their content, so that their writers do not block. */
export class DiscardedOutput implements Disposable {
  readonly #stack: DisposableStack;
  #sizeBytes = 0;

  /** `readEnds` stay the caller's. */
  constructor(libc: Libc, readEnds: readonly number[]) {
    const sink: Sink = {
      spliceFd: undefined,
      write: (chunk) => {
        this.#sizeBytes += chunk.length;
        return true;
      },
      [Symbol.dispose]: () => {},
    };
    using stack = new DisposableStack();
    for (const fd of readEnds) {
      stack.use(new PipeCopy(libc, { source: openReadEnd(fd), sink }, { onEnd: () => {}, onError: () => {} }));
    }
    this.#stack = stack.move();
  }

  /** Bytes discarded so far. */
  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  [Symbol.dispose](): void {
    this.#stack.dispose();
  }
}
