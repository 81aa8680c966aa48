import { catchSignals } from "../streams/signals.ts";

/**
 * Relays the signals that this process gets while it creates a container and waits for it. Until the container runs, a
 * signal that would terminate this process cancels the start. From then on all signals go to the container.
 */
export class SignalRelay implements Disposable {
  readonly #interrupted = new AbortController();
  readonly #caught: Disposable;
  #kill: ((signal: number) => void) | undefined;
  #isRunning = false;

  constructor() {
    this.#caught = catchSignals((signal, isTerminating) => this.#receive(signal, isTerminating));
  }

  /** Aborts when the container must not be started. */
  get signal(): AbortSignal {
    return this.#interrupted.signal;
  }

  /** Number of the signal that cancelled the start; undefined: there was none. */
  get interruption(): number | undefined {
    return this.signal.aborted && !this.#isRunning ? Number(this.signal.reason) : undefined;
  }

  /** Whether the container has started to run. */
  get isRunning(): boolean {
    return this.#isRunning;
  }

  /**
   * Starts the container, unless the start was cancelled. A terminating signal that arrives during the start is passed
   * on afterwards.
   * @param kill sends a signal to the container.
   */
  async start(start: () => Promise<unknown>, kill: (signal: number) => void): Promise<void> {
    this.signal.throwIfAborted();
    await start();
    this.#isRunning = true;
    this.#kill = kill;
    if (this.signal.aborted) kill(Number(this.signal.reason));
  }

  #receive(signal: number, isTerminating: boolean): void {
    if (this.#kill !== undefined) this.#kill(signal);
    else if (isTerminating) this.#interrupted.abort(signal);
  }

  [Symbol.dispose](): void {
    this.#caught[Symbol.dispose]();
  }
}
