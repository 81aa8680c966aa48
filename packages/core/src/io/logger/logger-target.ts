import type { Logger } from "../../log/logger.ts";
import type { OutputTarget } from "../copy/output-target.ts";
import { openReaderSink, type ReaderPolicy } from "../copy/reader-policy.ts";
import { type Sink, whenWritten } from "../copy/sink.ts";
import { whenTrue } from "../copy/when-true.ts";
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
    this.sink = stack.use(openReaderSink(pipe.writeEnd, policy, log));
    this.#stack = stack.move();
  }

  /** Output counts as delivered once the logger has read it. */
  end(delivered: () => void): void {
    whenWritten(this.sink, () => {
      if (this.#stack.disposed) return;
      this.sink[Symbol.dispose]();
      this.#stack.use(whenTrue(() => this.#pipe.isOver, delivered));
    });
  }

  [Symbol.dispose](): void {
    this.#stack.dispose();
  }
}
