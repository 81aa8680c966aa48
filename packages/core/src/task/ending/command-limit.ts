import { unknown } from "../../errors/errors.ts";

/** What a command that began before the end of init may take after it: far more than any that does not hang. */
const timeoutMs = 10_000;

/**
 * Ends commands of the runtime that outlive their container by too much. A client without a deadline that waits for one that
 * hangs would hold the container's lock for ever, and with it Delete.
 */
export class CommandLimit implements Disposable {
  readonly #controller = new AbortController();
  readonly #containerId: string;
  #timer: NodeJS.Timeout | undefined;

  constructor(containerId: string) {
    this.#containerId = containerId;
  }

  /** The signal for a command: the client's, and ours. */
  with(signal: AbortSignal): AbortSignal {
    return AbortSignal.any([signal, this.#controller.signal]);
  }

  /** Init has ended: the time begins. */
  begin(): void {
    const reason = unknown(`container ${this.#containerId} has ended, but a command of its runtime has not`);
    this.#timer = setTimeout(() => this.#controller.abort(reason), timeoutMs).unref();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}
