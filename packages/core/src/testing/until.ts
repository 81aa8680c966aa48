import { setTimeout as sleep } from "node:timers/promises";

const timeoutMs = 60_000;

/** Waits until `condition` holds. @throws {Error} after a minute; it names `what`. */
export async function until(condition: () => boolean | Promise<boolean>, what = "condition"): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`gave up waiting: ${what}`);
    await sleep(5);
  }
}
