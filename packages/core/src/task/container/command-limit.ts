import { unknown } from "../../errors/errors.ts";

/** How long a command may take once init has exited: far longer than any command that does not hang. */
const defaultTimeoutMs = 10_000;

/**
 * Ends commands of the runtime that outlive their container for too long. Otherwise a client without a deadline that
 * waits for a command that hangs would hold the container's lock for ever, and block Delete. A command that starts
 * after init has exited gets the full time: clients send signals to ended containers, even hours later.
 */
export class CommandLimit implements Disposable {
  readonly #containerId: string;
  readonly #timeoutMs: number;
  /** Aborts the commands that started before init exited. */
  readonly #beforeEnd = new AbortController();
  readonly #timers = new Set<NodeJS.Timeout>();
  #hasEnded = false;

  /** @param timeoutMs default: 10 s */
  constructor(containerId: string, timeoutMs = defaultTimeoutMs) {
    this.#containerId = containerId;
    this.#timeoutMs = timeoutMs;
  }

  /** Returns the signal for a command that starts now. It aborts with the client's signal, and at our time limit. */
  with(signal: AbortSignal): AbortSignal {
    const ours = this.#hasEnded ? this.#abortLater(new AbortController()) : this.#beforeEnd;
    return AbortSignal.any([signal, ours.signal]);
  }

  /** Starts the time limit of the commands in flight, because init has exited. */
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
