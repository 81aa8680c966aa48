import test from "ava";
import { IdleProcessors } from "../../../scripts/suite/idle-processors.ts";

/** Returns the answers to one question after each step. A step is a time and how long processors were idle in it. */
function answers(steps: readonly { readonly ms: number; readonly idleMs: number }[]): readonly boolean[] {
  let reading = { atMs: 1_000, idleMs: 500 };
  const processors = new IdleProcessors(() => reading);
  return steps.map(({ ms, idleMs }) => {
    reading = { atMs: reading.atMs + ms, idleMs: reading.idleMs + idleMs };
    return processors.isIdle();
  });
}

test("IdleProcessors – half a processor idle for two seconds – is idle", (t) => {
  t.deepEqual(answers([{ ms: 2_000, idleMs: 1_000 }]), [true]);
  t.deepEqual(answers([{ ms: 2_000, idleMs: 990 }]), [false]);
});

test("IdleProcessors – asked every second – counts the time since its last judgement", (t) => {
  const second = { ms: 1_000, idleMs: 1_000 };
  t.deepEqual(answers([second, second, second, second]), [false, true, false, true]);
});

test("IdleProcessors – not asked for long – waits for two more seconds", (t) => {
  const idle = { ms: 2_000, idleMs: 4_000 };
  t.deepEqual(answers([{ ms: 60_000, idleMs: 90_000 }, idle]), [false, true]);
});
