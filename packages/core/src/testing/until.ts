import { setTimeout as sleep } from "node:timers/promises";

/** The values that `until` waits for. */
type Truth<T> = Exclude<T, undefined | null | false>;

/**
 * Polls `condition` until it returns a value other than undefined, null or false; returns that value. The pause between
 * two polls is at least twice as long as the last poll took, up to 1 s: many conditions start a command, and other
 * files run at the same time. A condition that throws is polled again.
 * @throws {Error} with `what` and the last error after `timeoutMs` (default: 60 s). The limit only ends tests that
 * hang: a busy machine is slow.
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  what = "condition",
  timeoutMs = 60_000,
): Promise<Truth<T>> {
  const end = performance.now() + timeoutMs;
  let cause: unknown;
  for (let pauseMs = 2; ; pauseMs = Math.min(20, pauseMs * 1.5)) {
    const askedAt = performance.now();
    try {
      const value = await condition();
      if (value !== undefined && value !== null && value !== false) return value as Truth<T>;
    } catch (error) {
      cause = error;
    }
    const now = performance.now();
    if (now > end) throw new Error(`waited ${timeoutMs} ms for: ${what}`, { cause });
    await sleep(Math.max(pauseMs, Math.min(1_000, 2 * (now - askedAt))));
  }
}
