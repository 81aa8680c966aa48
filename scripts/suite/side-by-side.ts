import { setTimeout as delay } from "node:timers/promises";

/** Work that may run at the same time as other work, or must run alone. */
export interface Job {
  readonly isAlone: boolean;
  /** Number of processors that it can use. */
  readonly processors: number;
}

/** How many jobs run at a time. */
export interface Places {
  /** Number of processors of all running jobs. */
  readonly limit: number;
  /** Whether to start another job although the limit is reached, up to twice the limit. Default: never. */
  readonly isIdle?: () => boolean;
}

/** How often to ask `isIdle` while no job ends. */
const tickMs = 1_000;

/**
 * Runs `work` for each job, in order. A job that must run alone waits for those before it, and those after it wait for
 * it.
 */
export async function runSideBySide<T extends Job>(
  jobs: readonly T[],
  places: Places,
  work: (job: T) => Promise<void>,
): Promise<void> {
  const running = new Map<Promise<void>, T>();
  for (const job of jobs) {
    while (!hasPlace(job, [...running.values()], places)) {
      await Promise.race([...running.keys(), delay(tickMs, undefined, { ref: false })]);
    }
    const run = work(job).finally(() => running.delete(run));
    running.set(run, job);
  }
  await Promise.all(running.keys());
}

function hasPlace(job: Job, running: readonly Job[], { limit, isIdle = () => false }: Places): boolean {
  if (running.length === 0) return true;
  if (job.isAlone || running.some(({ isAlone }) => isAlone)) return false;
  const processors = running.reduce((sum, each) => sum + each.processors, job.processors);
  return processors <= limit || (processors <= 2 * limit && isIdle());
}
