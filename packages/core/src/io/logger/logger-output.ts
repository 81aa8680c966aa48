import { whenTrue } from "../copy/when-true.ts";
import type { OutputStream } from "../stream.ts";
import type { LoggerPipe } from "./logger-pipe.ts";

/** The pipe of a logger as the process's own stdout or stderr: the shim touches no byte. */
export class LoggerOutput implements OutputStream {
  readonly #pipe: LoggerPipe;
  readonly #finished = Promise.withResolvers<boolean>();
  #wait: Disposable | undefined;

  /** The pipe stays the caller's; its write end is closed here. */
  constructor(pipe: LoggerPipe) {
    this.#pipe = pipe;
  }

  get fd(): number {
    return this.#pipe.writeEnd.fd;
  }

  /**
   * Resolves with true when the pipe has no writer any more and has been read to its end, with false if disposed
   * before.
   */
  get finished(): Promise<boolean> {
    return this.#finished.promise;
  }

  handedOver(): void {
    this.#pipe.writeEnd.close();
  }

  processExited(): void {
    this.#wait ??= whenTrue(
      () => this.#pipe.isOver,
      () => this.#finished.resolve(true),
    );
  }

  [Symbol.dispose](): void {
    this.#wait?.[Symbol.dispose]();
    this.#finished.resolve(false);
    this.#pipe.writeEnd.close();
  }
}
