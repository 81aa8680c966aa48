/** Work that may run at the same time as other work, or must run alone. */
export interface Job {
  readonly isAlone: boolean;
}

/**
 * Runs `work` for each job, in order, up to `limit` at a time. A job that must run alone waits for those before it, and
 * those after it wait for it.
 */
export async function runSideBySide<T extends Job>(
  jobs: readonly T[],
  limit: number,
  work: (job: T) => Promise<void>,
): Promise<void> {
  const running = new Set<Promise<void>>();
  for (const job of jobs) {
    const most = job.isAlone ? 0 : limit - 1;
    while (running.size > most) await Promise.race(running);
    const run = work(job).finally(() => running.delete(run));
    running.add(run);
    if (job.isAlone) await run;
  }
  await Promise.all(running);
}
