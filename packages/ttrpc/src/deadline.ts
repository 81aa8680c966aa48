// Node fires a timer at once if its delay is longer.
const maxTimerMs = 2 ** 31 - 1;

/**
 * A timer that fires later than this shows that the process was stalled. It has not yet read what arrived meanwhile.
 */
const lateMs = 100;

/** The target of a deadline. */
export interface Expirable {
  expire(): void;
}

/** A one-shot timer of any length that does not keep the process alive. */
export class Deadline {
  readonly #at: number;
  readonly #target: Expirable;
  #timer: NodeJS.Timeout | undefined;
  #isLast = false;

  /** Calls `target.expire()` after `timeoutMs`, unless cancelled. A late timer is set once more, for `lateMs`. */
  constructor(timeoutMs: number, target: Expirable) {
    this.#at = performance.now() + timeoutMs;
    this.#target = target;
    this.#arm(timeoutMs);
  }

  /** Milliseconds until the deadline; negative once it has passed. */
  get remainingMs(): number {
    return this.#at - performance.now();
  }

  cancel(): void {
    clearTimeout(this.#timer);
  }

  #arm(delayMs: number): void {
    this.#timer = setTimeout(Deadline.#fire, Math.min(Math.ceil(delayMs), maxTimerMs), this).unref();
  }

  // A timer may fire a fraction of a millisecond early. A clamped one fires days early.
  static #fire(deadline: Deadline): void {
    const remainingMs = deadline.remainingMs;
    if (remainingMs > 1) {
      deadline.#arm(remainingMs);
    } else if (remainingMs < -lateMs && !deadline.#isLast) {
      deadline.#isLast = true;
      deadline.#arm(lateMs);
    } else {
      deadline.#target.expire();
    }
  }
}
