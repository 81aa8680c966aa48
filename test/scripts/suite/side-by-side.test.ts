import test from "ava";
import { type Job, type Places, runSideBySide } from "../../../scripts/suite/side-by-side.ts";

/**
 * Runs jobs that take turns on the event loop; returns, for each job, the names of those that were running when it
 * began. Each job uses one processor if it does not say more.
 */
async function trace(
  jobs: readonly (Partial<Job> & { readonly name: string; readonly turns: number })[],
  places: Places,
) {
  const running = new Set<string>();
  const seen: string[] = [];
  const all = jobs.map((job) => ({ isAlone: false, processors: 1, ...job }));
  await runSideBySide(all, places, async ({ name, turns }) => {
    seen.push(`${name}: ${[...running].join(" ")}`);
    running.add(name);
    for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate);
    running.delete(name);
  });
  return { seen, left: running.size };
}

test("runSideBySide – more jobs than places – the next begins when one has ended", async (t) => {
  const jobs = [
    { name: "a", turns: 20 },
    { name: "b", turns: 2 },
    { name: "c", turns: 2 },
  ];
  t.deepEqual(await trace(jobs, { limit: 2 }), { seen: ["a: ", "b: a", "c: a"], left: 0 });
});

test("runSideBySide – a job that is alone – has no neighbour before or after", async (t) => {
  const jobs = [
    { name: "a", turns: 9 },
    { name: "b", turns: 3, isAlone: true },
    { name: "c", turns: 3 },
    { name: "d", turns: 3 },
  ];
  t.deepEqual(await trace(jobs, { limit: 3, isIdle: () => true }), { seen: ["a: ", "b: ", "c: ", "d: c"], left: 0 });
});

test("runSideBySide – a job for two processors – takes two places, or waits until nothing runs", async (t) => {
  const jobs = [
    { name: "a", turns: 3, processors: 2 },
    { name: "b", turns: 3 },
    { name: "c", turns: 9 },
  ];
  t.deepEqual(await trace(jobs, { limit: 2 }), { seen: ["a: ", "b: ", "c: b"], left: 0 });
  t.deepEqual(await trace(jobs.toReversed(), { limit: 1 }), { seen: ["c: ", "b: ", "a: "], left: 0 });
});

test("runSideBySide – processors are idle – more jobs run, up to twice the limit", async (t) => {
  const jobs = [
    { name: "a", turns: 20 },
    { name: "b", turns: 2 },
    { name: "c", turns: 2 },
  ];
  t.deepEqual(await trace(jobs, { limit: 1, isIdle: () => true }), { seen: ["a: ", "b: a", "c: a"], left: 0 });
});

test("runSideBySide – a job that fails – fails the whole", async (t) => {
  const work = (): Promise<void> => Promise.reject(new Error("no"));
  await t.throwsAsync(runSideBySide([{ isAlone: false, processors: 1 }], { limit: 2 }, work), { message: "no" });
});
