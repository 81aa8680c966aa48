import { setTimeout as delay } from "node:timers/promises";

/**
 * Polls `condition` until it returns a value other than undefined, null or false; returns that value. The pause between
 * two polls is at least twice as long as the last poll took, up to 1 s: many conditions start a command, and other
 * files run at the same time.
 * @throws {Error} with `what` and the last error after `timeoutMs` (default: 60 s). The limit only ends tests that
 * hang: a busy machine is slow.
 */
export async function until<T>(
  what: string,
  condition: () => T | Promise<T>,
  timeoutMs = 60_000,
): Promise<Exclude<T, undefined | null | false>> {
  const deadline = Date.now() + timeoutMs;
  let cause: unknown;
  for (let pauseMs = 2; ; pauseMs = Math.min(100, pauseMs * 1.5)) {
    const askedAt = performance.now();
    try {
      const value = await condition();
      if (value !== undefined && value !== null && value !== false)
        return value as Exclude<T, undefined | null | false>;
    } catch (error) {
      cause = error;
    }
    if (Date.now() > deadline) throw new Error(`waited ${timeoutMs} ms for: ${what}`, { cause });
    await delay(Math.max(pauseMs, Math.min(1_000, 2 * (performance.now() - askedAt))));
  }
}
