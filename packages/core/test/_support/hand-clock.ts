import { setImmediate } from "node:timers/promises";
import type { Clock } from "../../src/task/ending/time-budget.ts";

interface Timer {
  readonly dueAt: number;
  readonly expire: () => void;
}

/** A clock that advances only when everything that runs is waiting for it. */
export class HandClock implements Clock {
  #now = 0;
  readonly #timers = new Set<Timer>();

  now(): number {
    return this.#now;
  }

  after(ms: number, expire: () => void): Disposable {
    const timer = { dueAt: this.#now + ms, expire };
    this.#timers.add(timer);
    return { [Symbol.dispose]: () => void this.#timers.delete(timer) };
  }

  /**
   * Advances the clock until `work` has ended. `work` may wait only for this clock's timers and for settled promises.
   */
  async passUntil<T>(work: Promise<T>): Promise<T> {
    let isOver = false;
    const end = (): void => {
      isOver = true;
    };
    work.then(end, end);
    for (;;) {
      await setImmediate();
      if (isOver) return await work;
      const [next] = [...this.#timers].sort((a, b) => a.dueAt - b.dueAt);
      if (next === undefined) throw new Error("waits for something that is not on the clock");
      this.#timers.delete(next);
      this.#now = next.dueAt;
      next.expire();
    }
  }
}
