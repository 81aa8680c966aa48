import test from "ava";
import { HookChain } from "../../../src/hooks/chain.ts";
import { LiveHooks } from "../../../src/hooks/loading/live-hooks.ts";
import { chainOf, never, subject } from "../../_support/hooks.ts";
import { RecordingLog } from "../../_support/recording-log.ts";

const denying = (reason: string): HookChain => chainOf({ hooks: { preStart: (_, { deny }) => deny(reason) } }).chain;

test("LiveHooks – a change – is taken up by what begins after it, at once and without a moment without hooks", async (t) => {
  let revision = "1";
  const gate = Promise.withResolvers<HookChain>();
  const log = new RecordingLog();
  const hooks = new LiveHooks(denying("old"), "1", { revision: () => revision, load: () => gate.promise }, log);
  t.is(hooks.refresh(), undefined);
  revision = "2";
  const first = hooks.refresh();
  const second = hooks.refresh();
  t.truthy(second, "a call that comes while it loads waits as well");
  t.true(hooks.has("preStart"));
  await t.throwsAsync(hooks.run("preStart", subject, never), { message: /old/ });
  gate.resolve(denying("new"));
  await first;
  await second;
  await t.throwsAsync(hooks.run("preStart", subject, never), { message: /new/ });
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
  const hooks = new LiveHooks(denying("good"), "1", { revision: () => revision, load }, log);
  revision = "2";
  await hooks.refresh();
  await t.throwsAsync(hooks.run("preStart", subject, never), { message: /good/ });
  t.deepEqual(log.messages("error"), ["hooks not loaded again, those from before hold"]);
  t.is(hooks.refresh(), undefined);
  revision = "3";
  await hooks.refresh();
  await t.throwsAsync(hooks.run("preStart", subject, never), { message: /mended/ });
});

test("LiveHooks – what plugins hold – is let go when others have taken their place and their last call is over", async (t) => {
  let revision = "1";
  const released: string[] = [];
  const gate = Promise.withResolvers<void>();
  const holding = (name: string): HookChain => {
    const held = [{ [Symbol.dispose]: () => void released.push(name) }];
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
    return new HookChain(new Map([["preStart", [bound]]]), { held, log: new RecordingLog() });
  };
  const load = async (): Promise<HookChain> => holding("new");
  const hooks = new LiveHooks(holding("old"), "1", { revision: () => revision, load }, new RecordingLog());
  const call = hooks.run("preStart", subject, never);
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
