import test from "ava";
import { HookChain } from "../../../src/hooks/chain/chain.ts";
import { type HookSource, LiveHooks, type LoadedHooks, type StaleHooks } from "../../../src/hooks/chain/live-hooks.ts";
import { chainOf, never, subject } from "../../_support/hooks.ts";
import { RecordingLog } from "../../_support/recording-log.ts";

/** Returns a source whose revision is set by the test. */
function sourceOf(revision: () => string, load: () => Promise<HookChain | LoadedHooks>): HookSource {
  let loaded = revision();
  return {
    revision,
    loadedRevision: () => loaded,
    load: async () => {
      loaded = revision();
      const result = await load();
      return result instanceof HookChain ? { chain: result, missing: [] } : result;
    },
  };
}

const denying = (reason: string): HookChain => chainOf({ hooks: { preStart: (_, { deny }) => deny(reason) } }).chain;

test("LiveHooks – a change – is loaded for what begins after it, immediately and without a moment without hooks", async (t) => {
  let revision = "1";
  const gate = Promise.withResolvers<HookChain>();
  const log = new RecordingLog();
  const hooks = new LiveHooks(
    denying("old"),
    sourceOf(
      () => revision,
      () => gate.promise,
    ),
    { log },
  );
  t.is(hooks.refresh(), undefined);
  revision = "2";
  const first = hooks.refresh();
  const second = hooks.refresh();
  t.truthy(second, "a call that comes while it loads waits as well");
  t.true(hooks.has("preStart"));
  await t.throwsAsync(hooks.run("preStart", subject, { signal: never }), { message: /old/ });
  gate.resolve(denying("new"));
  await first;
  await second;
  await t.throwsAsync(hooks.run("preStart", subject, { signal: never }), { message: /new/ });
  t.is(hooks.refresh(), undefined);
});

test("LiveHooks – a change that does not load – leaves the last good one, and is tried again when it changes", async (t) => {
  let revision = "1";
  const log = new RecordingLog();
  const loads: (() => HookChain)[] = [
    () => {
      throw new Error("typo");
    },
    () => denying("mended"),
  ];
  const load = async (): Promise<HookChain> => loads.shift()?.() ?? HookChain.none;
  const hooks = new LiveHooks(
    denying("good"),
    sourceOf(() => revision, load),
    { log },
  );
  revision = "2";
  await hooks.refresh();
  await t.throwsAsync(hooks.run("preStart", subject, { signal: never }), { message: /good/ });
  t.deepEqual(log.messages("error"), ["hooks not loaded again, those from before hold"]);
  t.is(hooks.refresh(), undefined);
  revision = "3";
  await hooks.refresh();
  await t.throwsAsync(hooks.run("preStart", subject, { signal: never }), { message: /mended/ });
});

test("LiveHooks – what plugins hold – is let go when others have taken their place and their last call has ended", async (t) => {
  let revision = "1";
  const released: string[] = [];
  const gate = Promise.withResolvers<void>();
  const holding = (name: string): HookChain => {
    const resources = [{ [Symbol.dispose]: () => void released.push(name) }];
    const run = async (): Promise<void> => await gate.promise;
    const hook = {
      plugin: name,
      config: {},
      phase: "act",
      mode: "enforce",
      timeoutMs: 60_000,
      onError: "closed",
    } as const;
    const bound = { ...hook, match: undefined, override: [], locked: false, run };
    return new HookChain(new Map([["preStart", [bound]]]), { resources, log: new RecordingLog() });
  };
  const load = async (): Promise<HookChain> => holding("new");
  const hooks = new LiveHooks(
    holding("old"),
    sourceOf(() => revision, load),
    { log: new RecordingLog() },
  );
  const call = hooks.run("preStart", subject, { signal: never });
  revision = "2";
  await hooks.refresh();
  t.deepEqual(released, [], "a call is under way");
  gate.resolve();
  await call;
  t.deepEqual(released, ["old"]);
  hooks.close();
  await hooks.flush(never);
  t.deepEqual(released, ["old", "new"]);
});

/** Returns hooks that a test can make stale, with a clock that the test sets. */
function staleScene(load: () => Promise<HookChain | LoadedHooks>, stale?: string) {
  const scene = { revision: "1", nowMs: 0, seen: [] as (string | undefined)[] };
  const onStale = (state: StaleHooks | undefined): void => void scene.seen.push(state?.reason);
  const source = sourceOf(() => scene.revision, load);
  const options = { log: new RecordingLog(), stale, onStale, now: () => scene.nowMs };
  return { scene, hooks: new LiveHooks(denying("old"), source, options), log: options.log };
}

test("LiveHooks – a load that fails for a reason that passes – is tried again, later each time, and says so", async (t) => {
  let loads = 0;
  const { scene, hooks, log } = staleScene(async () => {
    if (++loads < 4) throw new Error("EMFILE: too many open files");
    return denying("new");
  });
  scene.revision = "2";
  await hooks.refresh();
  for (const [nowMs, count] of [
    [999, 1],
    [1_000, 2],
    [2_999, 2],
    [3_000, 3],
    [6_999, 3],
  ] as const) {
    scene.nowMs = nowMs;
    await hooks.refresh();
    t.is(loads, count, `at ${nowMs} ms`);
    await t.throwsAsync(hooks.run("preStart", subject, { signal: never }), { message: /old/ });
  }
  t.is(log.messages("error").length, 3);
  t.deepEqual(scene.seen, [undefined, "EMFILE: too many open files"]);
  scene.nowMs = 7_000;
  await hooks.refresh();
  await t.throwsAsync(hooks.run("preStart", subject, { signal: never }), { message: /new/ });
  t.deepEqual(scene.seen, [undefined, "EMFILE: too many open files", undefined]);
  scene.nowMs = 1_000_000;
  t.is(hooks.refresh(), undefined);
});

test("LiveHooks – a change after failures – is loaded at once", async (t) => {
  let isGood = false;
  const { scene, hooks } = staleScene(async () => {
    if (!isGood) throw new Error("typo");
    return denying("new");
  });
  scene.revision = "2";
  await hooks.refresh();
  isGood = true;
  t.is(hooks.refresh(), undefined);
  scene.revision = "3";
  await hooks.refresh();
  await t.throwsAsync(hooks.run("preStart", subject, { signal: never }), { message: /new/ });
});

test("LiveHooks – the first load failed – is tried again without a change", async (t) => {
  const { scene, hooks } = staleScene(async () => denying("new"), "slow");
  t.is(hooks.refresh(), undefined);
  scene.nowMs = 1_000;
  await hooks.refresh();
  await t.throwsAsync(hooks.run("preStart", subject, { signal: never }), { message: /new/ });
  t.deepEqual(scene.seen, ["slow", undefined]);
});

test("LiveHooks – a plugin that may be missing – is tried again; the others keep what they remember", async (t) => {
  const chains = [denying("first"), denying("second"), denying("third")];
  const missing = [["p"], ["p"], []];
  let loads = 0;
  const { scene, hooks } = staleScene(async () => {
    const number = loads++;
    return { chain: chains[number] ?? HookChain.none, missing: missing[number] ?? [] };
  });
  scene.revision = "2";
  for (const [nowMs, reason] of [
    [0, /first/],
    [1_000, /first/],
    [3_000, /third/],
  ] as const) {
    scene.nowMs = nowMs;
    await hooks.refresh();
    await t.throwsAsync(hooks.run("preStart", subject, { signal: never }), { message: reason });
  }
  t.is(loads, 3);
  t.deepEqual(scene.seen, [undefined, "p", undefined]);
});
