import test from "ava";
import { type Job, runSideBySide } from "../../../scripts/suite/side-by-side.ts";

/**
 * Runs jobs that take turns on the event loop; returns, for each job, the names of those that were running when it
 * began.
 */
async function trace(jobs: readonly (Job & { readonly name: string; readonly turns: number })[], limit: number) {
  const running = new Set<string>();
  const seen: string[] = [];
  await runSideBySide(jobs, limit, async ({ name, turns }) => {
    seen.push(`${name}: ${[...running].join(" ")}`);
    running.add(name);
    for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate);
    running.delete(name);
  });
  return { seen, left: running.size };
}

test("runSideBySide – more jobs than places – the next begins when one has ended", async (t) => {
  const jobs = [
    { name: "a", turns: 20, isAlone: false },
    { name: "b", turns: 2, isAlone: false },
    { name: "c", turns: 2, isAlone: false },
  ];
  t.deepEqual(await trace(jobs, 2), { seen: ["a: ", "b: a", "c: a"], left: 0 });
});

test("runSideBySide – a job that is alone – has no neighbour before or after", async (t) => {
  const jobs = [
    { name: "a", turns: 9, isAlone: false },
    { name: "b", turns: 3, isAlone: true },
    { name: "c", turns: 3, isAlone: false },
    { name: "d", turns: 3, isAlone: false },
  ];
  t.deepEqual(await trace(jobs, 3), { seen: ["a: ", "b: ", "c: ", "d: c"], left: 0 });
});

test("runSideBySide – a job that fails – fails the whole", async (t) => {
  const work = (): Promise<void> => Promise.reject(new Error("no"));
  await t.throwsAsync(runSideBySide([{ isAlone: false }], 2, work), { message: "no" });
});
