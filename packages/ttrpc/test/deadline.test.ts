import test from "ava";
import { Deadline } from "../src/deadline.ts";

interface Timer {
  readonly delayMs: number;
  fire(): void;
}

/** Replaces setTimeout with one that only records its arguments. */
function recordTimers(): Disposable & { readonly timers: Timer[] } {
  const { setTimeout } = globalThis;
  const timers: Timer[] = [];
  globalThis.setTimeout = ((callback: (argument: unknown) => void, delayMs: number, argument: unknown) => {
    timers.push({ delayMs, fire: () => callback(argument) });
    return { unref: () => undefined };
  }) as never;
  return {
    timers,
    [Symbol.dispose]: () => {
      globalThis.setTimeout = setTimeout;
    },
  };
}

test.serial("Deadline – a long one is a chain of timers – none longer than Node can count", (t) => {
  using recorder = recordTimers();
  let expired = 0;
  const deadline = new Deadline(2 ** 33, { expire: () => (expired += 1) });
  recorder.timers[0]?.fire();
  recorder.timers[1]?.fire();
  t.deepEqual(
    recorder.timers.map(({ delayMs }) => delayMs),
    [2 ** 31 - 1, 2 ** 31 - 1, 2 ** 31 - 1],
  );
  t.is(expired, 0);
  t.true(deadline.remainingMs > 2 ** 32);
});

test.serial("Deadline – one that has passed expires with the next timer – zero, negative", (t) => {
  using recorder = recordTimers();
  let expired = 0;
  for (const timeoutMs of [0, -5]) new Deadline(timeoutMs, { expire: () => (expired += 1) });
  for (const timer of recorder.timers) timer.fire();
  t.is(expired, 2);
});

test.serial("Deadline – a timer that is late – expires with the next one, not before what has arrived is read", (t) => {
  using recorder = recordTimers();
  let expired = 0;
  new Deadline(-1_000, { expire: () => (expired += 1) });
  recorder.timers[0]?.fire();
  t.is(expired, 0);
  recorder.timers[1]?.fire();
  t.is(expired, 1);
});
