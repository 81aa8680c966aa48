import { setTimeout as sleep } from "node:timers/promises";

const deadlineMs = 60_000;

/** Waits until `condition` holds; fails after a minute. */
export async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const end = performance.now() + deadlineMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`timed out: ${what}`);
    await sleep(5);
  }
}
