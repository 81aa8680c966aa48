import { orAborted } from "../container/or-aborted.ts";

/** Measures and limits time. Tests set it by hand. */
export interface Clock {
  /** Milliseconds; monotonic. */
  now(): number;
  /** Calls `expire` after `ms`, unless the timer is disposed earlier. The timer keeps the process alive. */
  after(ms: number, expire: () => void): Disposable;
}

const systemClock: Clock = {
  now: () => performance.now(),
  after: (ms, expire) => {
    const timer = setTimeout(expire, ms);
    return { [Symbol.dispose]: () => clearTimeout(timer) };
  },
};

/** A time limit shared by several steps. Each step gets what is left, less what the later ones are guaranteed. */
export class TimeBudget {
  readonly #totalMs: number;
  readonly #clock: Clock;
  readonly #endsAt: number;

  constructor(totalMs: number, clock: Clock = systemClock) {
    this.#totalMs = totalMs;
    this.#clock = clock;
    this.#endsAt = clock.now() + totalMs;
  }

  /**
   * Returns what is left now, in ms, for work that limits itself; never below 0.
   * @param kept the share of the whole budget, 0–1, that is reserved for later work.
   */
  left(kept: number): number {
    return Math.max(0, this.#endsAt - this.#clock.now() - kept * this.#totalMs);
  }

  /**
   * Runs `work` with the time that is left, even if that is none: it can then do what it does at once. Rejects with the
   * signal's reason, a TimeoutError, at the end of that time, whether `work` honours the signal or not.
   * @param kept as for `left`.
   */
  async spend<T>(kept: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const ms = this.left(kept);
    const controller = new AbortController();
    const expire = (): void => controller.abort(new DOMException(`no end within ${Math.round(ms)} ms`, "TimeoutError"));
    using _timer = this.#clock.after(ms, expire);
    return await orAborted(work(controller.signal), controller.signal);
  }
}
