import { setTimeout as sleep } from "node:timers/promises";

/** Waits until `condition` holds; rejects after a generous while. */
export async function until(condition: () => boolean, what = "condition"): Promise<void> {
  const end = Date.now() + 60_000;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`gave up waiting: ${what}`);
    await sleep(5);
  }
}
