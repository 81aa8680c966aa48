import type { Exit } from "./exit.ts";

/** More exits than that are not kept: the oldest goes first. */
const CAPACITY = 4096;
/** How long an exit is kept when nobody holds the store. */
const KEEP_MS = 10_000;

/**
 * Exits that were reaped, for those who learn of a pid only later. A process may end before the pid file that names it
 * is read: without this its status would be lost.
 */
export class ExitStore {
  readonly #exits = new Map<number, Exit>();
  readonly #now: () => number;
  #holds = 0;
  #heldUntil = 0;

  /** @param now milliseconds, by the clock of `exitedAt` */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** While a hold is open, no exit is forgotten for its age. */
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
    // A pid that comes again has a younger place in the order.
    this.#exits.delete(exit.pid);
    this.#exits.set(exit.pid, exit);
  }

  get(pid: number): Exit | undefined {
    this.#forgetOld();
    return this.#exits.get(pid);
  }

  #forgetOld(): void {
    const oldest = this.#now() - KEEP_MS;
    const expired = this.#holds === 0 && this.#heldUntil < oldest;
    for (const [pid, exit] of this.#exits) {
      const tooMany = this.#exits.size >= CAPACITY;
      const tooOld = expired && exit.exitedAt.getTime() < oldest;
      if (!tooMany && !tooOld) return;
      this.#exits.delete(pid);
    }
  }
}
