import { cpus } from "node:os";

/** A moment, and the time that all processors together have been idle until then. */
interface Reading {
  readonly atMs: number;
  readonly idleMs: number;
}

/** Time over which processors are watched. */
const windowMs = 2_000;

/** Processors that must have been idle in that time, on average. */
const enough = 0.5;

/** Watches how idle this machine's processors are. */
export class IdleProcessors {
  readonly #read: () => Reading;
  #last: Reading;

  constructor(read: () => Reading = readTimes) {
    this.#read = read;
    this.#last = read();
  }

  /**
   * Returns whether at least half a processor was idle in the last two seconds. It returns true at most once in that
   * time, so the work that was started after the previous answer has begun.
   */
  isIdle(): boolean {
    const [last, now] = [this.#last, this.#read()];
    const elapsedMs = now.atMs - last.atMs;
    if (elapsedMs < windowMs) return false;
    this.#last = now;
    // An older reading tells nothing about this moment.
    return elapsedMs < 2 * windowMs && now.idleMs - last.idleMs >= enough * elapsedMs;
  }
}

function readTimes(): Reading {
  return { atMs: performance.now(), idleMs: cpus().reduce((sum, { times }) => sum + times.idle, 0) };
}
