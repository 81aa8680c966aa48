import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import test from "ava";
import type { Stage } from "../../../src/hooks/event/stages.ts";
import { openLibc } from "../../../src/native/open-libc.ts";
import { defaultOptions } from "../../../src/runtime/options.ts";
import { type Journal, owedStages, writeJournal } from "../../../src/task/container/journal.ts";
import { runOwedAfter } from "../../../src/task/ending/owed-hooks.ts";
import { fakeHooks, never, subject } from "../../_support/hooks.ts";
import { TempDir } from "../../_support/temp-dir.ts";

const journal: Journal = {
  version: 1,
  id: "c1",
  namespace: "default",
  runtime: "runc",
  options: defaultOptions,
  daemon: { pid: 1, directory: "/run/dunnage/d/1.1" },
  hooks: { exit: { eventId: "begun", done: false } },
};

interface Call {
  readonly stage: Stage;
  readonly eventId: string | undefined;
  readonly replay: boolean | undefined;
}

/** Opens hooks that take a while and record their calls. */
function openScene(calls: Call[], run: () => Promise<unknown> = () => delay(20)) {
  const hooks = fakeHooks({
    has: () => true,
    run: async (stage, _subject, { eventId, replay }) => {
      calls.push({ stage, eventId, replay });
      await run();
    },
  });
  return async () => ({ libc: await openLibc(), hooks: async () => hooks });
}

test("runOwedAfter – two `delete`s at once – each stage runs once, under the id that it had begun with", async (t) => {
  using dir = new TempDir();
  writeJournal(dir.path, journal);
  const calls: Call[] = [];
  const deps = await openScene(calls)();
  await Promise.all([
    runOwedAfter(deps, { bundle: dir.path, subject }, never),
    runOwedAfter(deps, { bundle: dir.path, subject }, never),
  ]);
  t.deepEqual(
    calls.map(({ stage }) => stage),
    [...owedStages],
  );
  t.true(calls.every(({ replay }) => replay));
  t.is(calls[0]?.eventId, "begun");
  const { hooks } = JSON.parse(readFileSync(dir.join("dunnage.json"), "utf8")) as Journal;
  t.true(owedStages.every((stage) => hooks?.[stage]?.done));
});

test("runOwedAfter – the first one fails half-way – the second repeats what had begun, with the same id, and continues", async (t) => {
  using dir = new TempDir();
  writeJournal(dir.path, journal);
  const calls: Call[] = [];
  const failing = await openScene(calls, async () => {
    if (calls.length === 2) throw new Error("gone");
  })();
  await t.throwsAsync(runOwedAfter(failing, { bundle: dir.path, subject }, never));
  await runOwedAfter(await openScene(calls)(), { bundle: dir.path, subject }, never);
  t.deepEqual(
    calls.map(({ stage }) => stage),
    ["exit", "postStop", "postStop", "preDelete", "postDelete"],
  );
  t.is(calls[1]?.eventId, calls[2]?.eventId);
});

test("runOwedAfter – another one that does not end – is waited for until the time has passed", async (t) => {
  using dir = new TempDir();
  writeJournal(dir.path, journal);
  const calls: Call[] = [];
  const held = Promise.withResolvers<void>();
  const first = runOwedAfter(await openScene(calls, () => held.promise)(), { bundle: dir.path, subject }, never);
  while (calls.length === 0) await delay(1);
  await t.throwsAsync(runOwedAfter(await openScene(calls)(), { bundle: dir.path, subject }, AbortSignal.timeout(50)), {
    name: "AbortError",
  });
  t.is(calls.length, 1);
  held.resolve();
  await first;
});

test("runOwedAfter – a hook is cut off – its stage and the later ones are left to the next", async (t) => {
  using dir = new TempDir();
  writeJournal(dir.path, journal);
  const calls: Call[] = [];
  const cut = new AbortController();
  const deps = await openScene(calls, async () => cut.abort(new Error("cut off")))();
  await t.throwsAsync(runOwedAfter(deps, { bundle: dir.path, subject }, cut.signal), { message: "cut off" });
  await runOwedAfter(await openScene(calls)(), { bundle: dir.path, subject }, never);
  t.deepEqual(
    calls.map(({ stage }) => stage),
    ["exit", ...owedStages],
  );
});
