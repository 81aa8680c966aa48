import { cpus } from "node:os";

/** Time over which processors are watched. */
const windowMs = 2_000;

/** Processors that must have been idle in that time, on average. */
const enough = 0.5;

/** Watches how idle this machine's processors are. */
export class IdleProcessors {
  #last = readTimes();

  /**
   * Returns whether at least half a processor was idle in the last two seconds. It returns true at most once in that
   * time, so the work that was started after the previous answer has begun.
   */
  isIdle(): boolean {
    const [last, now] = [this.#last, readTimes()];
    const elapsedMs = now.atMs - last.atMs;
    if (elapsedMs < windowMs) return false;
    this.#last = now;
    // An older reading tells nothing about this moment.
    return elapsedMs < 2 * windowMs && now.idleMs - last.idleMs >= enough * elapsedMs;
  }
}

function readTimes() {
  return { atMs: performance.now(), idleMs: cpus().reduce((sum, { times }) => sum + times.idle, 0) };
}
