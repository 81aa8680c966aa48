import test from "ava";
import { Deadline } from "../../src/reaper/deadline.ts";
import { until } from "../_support/until.ts";

test("Deadline – aborts with a TimeoutError when the time has passed", async (t) => {
  using deadline = new Deadline(1);
  await until(() => deadline.signal.aborted);
  t.is(deadline.signal.reason.name, "TimeoutError");
});

for (const ms of [2 ** 31, 3e9, Number.POSITIVE_INFINITY]) {
  test(`Deadline – ${ms} ms, more than a timer can wait – no limit`, async (t) => {
    using deadline = new Deadline(ms);
    using later = new Deadline(20);
    await until(() => later.signal.aborted);
    t.false(deadline.signal.aborted);
  });
}

test("Deadline – the parent aborts earlier, with its own reason", (t) => {
  const parent = new AbortController();
  using deadline = new Deadline(60_000, parent.signal);
  parent.abort("gone");
  t.is(deadline.signal.reason, "gone");
});

test("Deadline – once disposed it does not abort, and holds no timer", (t) => {
  const before = process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
  const deadline = new Deadline(1);
  deadline[Symbol.dispose]();
  t.is(process.getActiveResourcesInfo().filter((name) => name === "Timeout").length, before);
  t.false(deadline.signal.aborted);
});
