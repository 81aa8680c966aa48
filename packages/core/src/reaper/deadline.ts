/** Longest delay of a Node timer in milliseconds, 24 days; a timer with a longer delay fires at once. */
export const maxTimerMs = 2 ** 31 - 1;

/**
 * A time limit for one command. Unlike `AbortSignal.timeout` it leaves nothing behind once it is disposed: timers that
 * outlive thousands of commands by a minute each cost memory.
 */
export class Deadline implements Disposable {
  /** Aborts with a TimeoutError when the time has elapsed, or with `parent`'s reason. */
  readonly signal: AbortSignal;
  readonly #timer: NodeJS.Timeout | undefined;

  /** @param ms – above `maxTimerMs`: no limit other than the parent's. */
  constructor(ms: number, parent?: AbortSignal) {
    const controller = new AbortController();
    const expire = (): void => controller.abort(new DOMException(`no end within ${ms} ms`, "TimeoutError"));
    if (ms <= maxTimerMs) this.#timer = setTimeout(expire, ms).unref();
    this.signal = parent === undefined ? controller.signal : AbortSignal.any([parent, controller.signal]);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}
