import { catchSignals } from "../streams/signals.ts";

/**
 * Signals to this process while it makes a container and waits for it: until the container runs, one that would end us means that it is
 * not to run; from then on all are the container's.
 */
export class SignalRelay implements Disposable {
  readonly #interrupted = new AbortController();
  readonly #caught: Disposable;
  #kill: ((signal: number) => void) | undefined;
  #isRunning = false;

  constructor() {
    this.#caught = catchSignals((signal, isTerminating) => this.#receive(signal, isTerminating));
  }

  /** Aborts when the container is not to run. */
  get signal(): AbortSignal {
    return this.#interrupted.signal;
  }

  /** Number of the signal because of which the container is not to run; undefined: there was none. */
  get interruption(): number | undefined {
    return this.signal.aborted && !this.#isRunning ? Number(this.signal.reason) : undefined;
  }

  /** Whether the container has begun to run. */
  get isRunning(): boolean {
    return this.#isRunning;
  }

  /**
   * Starts the container, unless it is not to run. What comes while it starts is passed on when it has.
   * @param kill sends a signal to it.
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
