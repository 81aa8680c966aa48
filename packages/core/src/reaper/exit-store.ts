import type { Exit } from "./exit.ts";

/** Maximum number of exits that are kept; the oldest is dropped first. */
const capacity = 4096;
/** How long an exit is kept while no hold is open. */
const keepMs = 10_000;

/**
 * Exits that were reaped, for callers that learn the pid only later. A process may end before the pid file that names
 * it is read: without this store its status would be lost.
 */
export class ExitStore {
  readonly #exits = new Map<number, { readonly exit: Exit; readonly recordedAt: number }>();
  readonly #now: () => number;
  #holds = 0;
  #heldUntil = Number.NEGATIVE_INFINITY;

  /** @param now milliseconds; monotonic, so that setting the wall clock drops no exit. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** While a hold is open, no exit is dropped because of its age. */
  hold(): Disposable {
    this.#holds += 1;
    const release = (): void => {
      this.#holds -= 1;
      this.#heldUntil = this.#now();
    };
    const stack = new DisposableStack();
    stack.defer(release);
    return stack;
  }

  record(exit: Exit): void {
    this.#forgetOld();
    // A reused pid moves to the end of the order.
    this.#exits.delete(exit.pid);
    this.#exits.set(exit.pid, { exit, recordedAt: this.#now() });
  }

  get(pid: number): Exit | undefined {
    this.#forgetOld();
    return this.#exits.get(pid)?.exit;
  }

  #forgetOld(): void {
    const oldest = this.#now() - keepMs;
    const expired = this.#holds === 0 && this.#heldUntil < oldest;
    for (const [pid, { recordedAt }] of this.#exits) {
      const tooMany = this.#exits.size >= capacity;
      const tooOld = expired && recordedAt < oldest;
      if (!tooMany && !tooOld) return;
      this.#exits.delete(pid);
    }
  }
}
