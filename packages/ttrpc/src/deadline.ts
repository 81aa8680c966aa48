// Node fires a timer with a longer delay at once.
const maxTimerMs = 2 ** 31 - 1;

/** A timer that is later than that shows that the process stood still: it has not read yet what arrived meanwhile. */
const lateMs = 100;

/** What a deadline ends. */
export interface Expirable {
  expire(): void;
}

/** A one-shot timer of any length that does not keep the process alive. */
export class Deadline {
  readonly #at: number;
  readonly #target: Expirable;
  #timer: NodeJS.Timeout | undefined;
  #isLast = false;

  /** Calls `target.expire()` after `timeoutMs`, unless cancelled. A timer that is late is set once more, for as long as `lateMs`. */
  constructor(timeoutMs: number, target: Expirable) {
    this.#at = performance.now() + timeoutMs;
    this.#target = target;
    this.#arm(timeoutMs);
  }

  /** Milliseconds until it fires; negative when it is over. */
  get remainingMs(): number {
    return this.#at - performance.now();
  }

  cancel(): void {
    clearTimeout(this.#timer);
  }

  #arm(delayMs: number): void {
    this.#timer = setTimeout(Deadline.#fire, Math.min(Math.ceil(delayMs), maxTimerMs), this).unref();
  }

  // A timer may be early by a fraction of a millisecond, and a clamped one is early by days.
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
