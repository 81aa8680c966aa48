import { unknown } from "../../errors/errors.ts";

/** What a command may take once init has ended: far more than any that does not hang. */
const defaultTimeoutMs = 10_000;

/**
 * Ends commands of the runtime that outlive their container by too much. A client without a deadline that waits for one that
 * hangs would hold the container's lock for ever, and with it Delete. A command that begins after the end of init has the
 * whole time: clients kill what has ended, also hours later.
 */
export class CommandLimit implements Disposable {
  readonly #containerId: string;
  readonly #timeoutMs: number;
  /** Aborts the commands that began while init lived. */
  readonly #beforeEnd = new AbortController();
  readonly #timers = new Set<NodeJS.Timeout>();
  #hasEnded = false;

  /** @param timeoutMs default: 10 s */
  constructor(containerId: string, timeoutMs = defaultTimeoutMs) {
    this.#containerId = containerId;
    this.#timeoutMs = timeoutMs;
  }

  /** The signal for a command that begins now: the client's, and ours. */
  with(signal: AbortSignal): AbortSignal {
    const ours = this.#hasEnded ? this.#abortLater(new AbortController()) : this.#beforeEnd;
    return AbortSignal.any([signal, ours.signal]);
  }

  /** Init has ended: the time begins for the commands in flight. */
  begin(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#abortLater(this.#beforeEnd);
  }

  [Symbol.dispose](): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  #abortLater(controller: AbortController): AbortController {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      controller.abort(unknown(`container ${this.#containerId} has ended, but a command of its runtime has not`));
    }, this.#timeoutMs).unref();
    this.#timers.add(timer);
    return controller;
  }
}
