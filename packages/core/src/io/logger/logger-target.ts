import type { Logger } from "../../log/logger.ts";
import { whenTrue } from "../fifo/unread-bytes.ts";
import { DropOldestSink } from "../pipe/drop-oldest-sink.ts";
import type { OutputTarget } from "../pipe/output-target.ts";
import { PipeSink } from "../pipe/pipe-sink.ts";
import type { Sink } from "../pipe/sink.ts";
import type { ReaderPolicy } from "../stream.ts";
import type { LoggerPipe } from "./logger-pipe.ts";

/** The pipe of a logger as the target of a copy: for a terminal, or if output may be dropped. */
export class LoggerTarget implements OutputTarget {
  readonly sink: Sink;
  readonly #pipe: LoggerPipe;
  readonly #stack: DisposableStack;

  /** The pipe stays the caller's; its write end is taken over. */
  constructor(pipe: LoggerPipe, policy: ReaderPolicy, log: Logger) {
    using stack = new DisposableStack();
    this.#pipe = pipe;
    const sink = stack.use(new PipeSink(pipe.writeEnd, (error) => log.warn("output lost", { error: error.message })));
    const isDropping = policy.whenReaderIsAway === "drop-oldest";
    this.sink = isDropping ? stack.use(new DropOldestSink(sink, policy.dropBufferBytes, log)) : sink;
    this.#stack = stack.move();
  }

  /** Output counts as delivered once the logger has read it. */
  end(delivered: () => void): void {
    if (this.#stack.disposed) return;
    const inPipe = (): void => {
      if (this.#stack.disposed) return;
      this.sink[Symbol.dispose]();
      this.#stack.use(whenTrue(() => this.#pipe.isOver, delivered));
    };
    if (this.sink.whenEmpty) this.sink.whenEmpty(inPipe);
    else inPipe();
  }

  [Symbol.dispose](): void {
    this.#stack.dispose();
  }
}
