import { Code, type StatusError } from "@dunnage/ttrpc";
import test from "ava";
import { Draft } from "../../../src/hooks/adjustment/draft.ts";
import type { AuditEntry } from "../../../src/hooks/audit/audit-entry.ts";
import type { HookContainer, HookEvent } from "../../../src/hooks/event/event.ts";
import type { Hooks } from "../../../src/hooks/plugin/plugin.ts";
import { chainOf, chainWith, type FakePlugin, never, subject } from "../../_support/hooks.ts";

const view = (draft: Draft): object => ({ spec: draft.target });

/** Runs preCreate over plugins; returns the resulting spec, the audit entries and the refusal. */
async function create(...plugins: readonly FakePlugin[]) {
  const entries: AuditEntry[] = [];
  const { chain, log } = chainWith({ audit: { record: (entry) => void entries.push(entry) } }, ...plugins);
  const draft = new Draft("preCreate", { process: { args: ["sh"], env: [] } });
  const error = await chain.run("preCreate", subject, { signal: never, draft, view }).then(
    () => undefined,
    (reason: StatusError) => reason,
  );
  return { spec: draft.target, error, entry: entries[0], entries, log, counts: chain.counts };
}

const setEnv = (name: string, value: string): Hooks => ({
  preCreate: { phase: "mutate", handler: (_, { adjust }) => adjust.process.setEnv(name, value) },
});

test("phases – mutate, then validate, then act – whatever the order of the plugins", async (t) => {
  const seen: string[] = [];
  const note = (word: string) => (event: HookEvent<"preCreate">) =>
    void seen.push(`${word} ${(event.spec.process as { env?: string[] }).env?.join()}`);
  await create(
    { hooks: { preCreate: note("act") } },
    { hooks: { preCreate: { phase: "validate", handler: note("validate") } } },
    { hooks: setEnv("A", "1") },
    { hooks: { preCreate: { phase: "mutate", handler: note("mutate") } } },
    { hooks: { preCreate: { phase: "mutate", order: "pre", handler: note("first") } } },
  );
  t.deepEqual(seen, ["first ", "mutate A=1", "validate A=1", "act A=1"]);
});

test("phases – all validators run – and the client reads the first refusal with the number of the others", async (t) => {
  let ran = 0;
  const deny = (reason: string): Hooks => ({
    preCreate: {
      phase: "validate",
      handler: (_, { deny }) => {
        ran++;
        deny(reason, { code: "failed-precondition", rule: "r" });
      },
    },
  });
  const acts = { preCreate: () => t.fail("acts on what was refused") };
  const { error, entry, counts } = await create(
    { hooks: deny("one") },
    { hooks: deny("two") },
    { hooks: deny("three") },
    { hooks: acts },
  );
  t.is(ran, 3);
  t.is(error?.code, Code.FailedPrecondition);
  t.regex(error?.message ?? "", /^dunnage: denied by p1\/r at preCreate: one \[id=(\w{26})\] \(\+2 more\)$/);
  t.is(counts.denied, 3);
  t.like(entry, {
    decision: "deny",
    policy: "p1",
    rule: "r",
    reason: "one",
    code: 9,
    stage: "preCreate",
    container: "c1",
  });
  t.true(error?.message.includes(entry?.id ?? "none"));
  t.deepEqual(
    entry?.plugins.map(({ name, verdict }) => `${name} ${verdict}`),
    ["p1 denied", "p2 denied", "p3 denied"],
  );
});

test("mutate – a hook that fails half-way – has changed nothing", async (t) => {
  const half: Hooks = {
    preCreate: {
      phase: "mutate",
      handler: (_, { adjust }) => {
        adjust.process.setEnv("A", "1");
        throw new Error("half-way");
      },
    },
  };
  const closed = await create({ hooks: half });
  t.is(closed.error?.code, Code.Internal);
  const open = await create({ hooks: half, onError: "open" }, { hooks: setEnv("B", "2") });
  t.is(open.error, undefined);
  t.deepEqual(open.spec["process"], { args: ["sh"], env: ["B=2"] });
  t.like(open.entry, { decision: "fail-open", policy: "p1", reason: "half-way" });
  t.deepEqual(open.entry?.changes, [{ op: "set", path: "/process/env/B", by: "p2" }]);
});

test("mutate – after its time – counts no more", async (t) => {
  const late: Hooks = {
    preCreate: {
      phase: "mutate",
      handler: async (_, { adjust, signal }) => {
        await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
        adjust.process.setEnv("A", "1");
      },
    },
  };
  const { error, spec } = await create({ hooks: late, timeoutMs: 10, onError: "open" });
  t.is(error, undefined);
  t.deepEqual(spec["process"], { args: ["sh"], env: [] });
});

test("mutate – two plugins that disagree – FailedPrecondition names both", async (t) => {
  const { error, entry } = await create({ hooks: setEnv("A", "1") }, { hooks: setEnv("A", "2") });
  t.is(error?.code, Code.FailedPrecondition);
  t.regex(error?.message ?? "", /conflict: p2 wants to set \/process\/env\/A, which p1 has set \[id=/);
  t.like(entry, { decision: "error", policy: "p2", code: Code.FailedPrecondition });
  t.regex(entry?.reason ?? "", /^conflict: p2 wants to set/);
  const { spec } = await create({ hooks: setEnv("A", "1") }, { hooks: setEnv("A", "2"), override: ["/process/env/A"] });
  t.deepEqual(spec["process"], { args: ["sh"], env: ["A=2"] });
});

test("mutate – what there is no way to do – is the plugin's failure", async (t) => {
  const nonsense: Hooks = { preCreate: { phase: "mutate", handler: (_, { adjust }) => adjust.process.setArgs([]) } };
  const { error, spec } = await create({ hooks: nonsense });
  t.is(error?.code, Code.Internal);
  t.regex(error?.message ?? "", /hook failed: p1 at preCreate: the value for \/process\/args must be/);
  t.deepEqual(spec["process"], { args: ["sh"], env: [] });
});

test("changes – of a locked plugin – stand; the call is refused, or continues as the failure of the other one says", async (t) => {
  const taker = { hooks: setEnv("A", "2"), override: ["/process/env/A"], name: "taker" };
  const kept = { hooks: setEnv("A", "1"), locked: true, name: "kept" };
  const refused = await create(kept, taker);
  t.is(refused.error?.code, Code.FailedPrecondition);
  t.regex(refused.error?.message ?? "", /taker at preCreate: conflict: .* which kept, which is locked, has set/);
  const open = await create(kept, { ...taker, onError: "open" });
  t.is(open.error, undefined);
  t.deepEqual(open.spec["process"], { args: ["sh"], env: ["A=1"] });
});

test("audit mode – denials and changes – are written down and not done", async (t) => {
  const denies: Hooks = { preCreate: (_, { deny }) => deny("would") };
  const { error, spec, entry } = await create(
    { hooks: setEnv("A", "1"), mode: "audit" },
    { hooks: denies, mode: "audit" },
  );
  t.is(error, undefined);
  t.deepEqual(spec["process"], { args: ["sh"], env: [] });
  t.like(entry, { decision: "would-deny", policy: "p2", reason: "would" });
  t.deepEqual(entry?.changes, [{ op: "set", path: "/process/env/A", by: "p1", mode: "audit" }]);
});

test("mode off – a plugin – is missing", (t) => {
  t.false(chainOf({ hooks: { preCreate: () => {} }, mode: "off" }).chain.has("preCreate"));
});

test("match – containers that a hook is not for – do not meet it", async (t) => {
  const denies = (match: FakePlugin["match"]): FakePlugin => ({
    hooks: { preCreate: (_, { deny }) => deny("met") },
    ...(match === undefined ? {} : { match }),
  });
  for (const match of [
    { namespaces: ["k8s.io"] },
    { kinds: ["sandbox"] as const },
    { runtimes: ["crun"] },
    { annotations: { a: "2" } },
    { annotations: { constructor: "x" } },
  ]) {
    t.is((await create(denies(match))).error, undefined, JSON.stringify(match));
  }
  t.truthy(
    (
      await create(
        denies({ namespaces: ["default"], kinds: ["standalone"], runtimes: ["runc"], annotations: { a: "1" } }),
      )
    ).error,
  );
});

test("unavailable server – a hook that waits for it in vain – those of its later phases and stages fail at once, within the call", async (t) => {
  let isUnavailable = true;
  let asked = 0;
  const wait = (): Promise<void> => {
    asked++;
    return isUnavailable ? new Promise(() => {}) : Promise.resolve();
  };
  const hooks: Hooks = { preStop: [{ phase: "validate", handler: wait }, wait], postStop: wait };
  const { chain } = chainOf({ hooks, timeoutMs: 20, isUnavailable: () => isUnavailable });
  const call = { signal: never, call: {} };
  await chain.run("preStop", subject, call);
  t.is(asked, 1);
  await chain.run("postStop", subject, call);
  t.is(asked, 1);
  t.deepEqual(chain.counts, { denied: 0, failed: 0, timedOut: 3, passed: 3 });
  await chain.run("postStop", subject, { signal: never, call: {} });
  t.is(asked, 2, "the next call asks");
  isUnavailable = false;
  await chain.run("postStop", subject, call);
  t.is(asked, 3, "a server that has come up is asked");
  t.is(chain.counts.timedOut, 4);
});

test("unavailable server – a hook that is only slow – is asked in each phase", async (t) => {
  let asked = 0;
  const wait = (): Promise<void> => {
    asked++;
    return new Promise(() => {});
  };
  const { chain } = chainOf({ hooks: { preStop: [{ phase: "validate", handler: wait }, wait] }, timeoutMs: 20 });
  await chain.run("preStop", subject, { signal: never });
  t.is(asked, 2);
});

test("frozen – a hook that writes into every part of its event and catches the errors – others see the original", async (t) => {
  const writes: ((event: HookEvent<"preCreate">) => unknown)[] = [
    (event) => Object.assign(event, { stage: "evil" }),
    (event) => Object.assign(event.container, { id: "evil" }),
    (event) => Object.assign(event.container.annotations, { a: "evil", added: "1" }),
    (event) => Object.assign(event.container.annotations, JSON.parse('{"__proto__":{"polluted":1}}')),
    (event) => (event.spec.process as { args: string[] }).args.push("evil"),
    (event) => Object.defineProperty(event.spec, "process", { value: {} }),
    (event) => Reflect.deleteProperty(event.spec, "process"),
    (event) => Object.setPrototypeOf(event.spec, { evil: true }),
  ];
  let refused = 0;
  const write = (event: HookEvent<"preCreate">): void => {
    for (const each of writes) {
      try {
        if (each(event) === false) refused++;
      } catch (error) {
        if (error instanceof TypeError) refused++;
      }
    }
  };
  const seen: unknown[] = [];
  const read = ({ stage, container, spec }: HookEvent<"preCreate">): void =>
    void seen.push({ stage, container, spec, evil: (spec as { evil?: unknown }).evil });
  const { error, spec } = await create(
    { hooks: { preCreate: { phase: "mutate", handler: write } } },
    { hooks: { preCreate: { phase: "validate", handler: write } } },
    { hooks: { preCreate: { phase: "validate", handler: read } } },
    { hooks: { preCreate: [write, read] } },
  );
  t.is(error, undefined);
  t.is(refused, 3 * writes.length);
  const original = { process: { args: ["sh"], env: [] } };
  const expected = { stage: "preCreate", container: subject.container, spec: original, evil: undefined };
  t.deepEqual(seen, [expected, expected]);
  t.deepEqual(spec, original);
});

test("event – keys that every object inherits – are ordinary keys", async (t) => {
  const annotations = JSON.parse('{"__proto__":"p","constructor":"c","toString":"t","a":"1"}');
  const seen: unknown[] = [];
  const { chain } = chainOf({
    hooks: {
      postStart: ({ container }) => {
        seen.push(Object.entries(container.annotations), Object.getPrototypeOf(container.annotations));
      },
    },
  });
  await chain.run(
    "postStart",
    { container: { ...subject.container, annotations } as HookContainer },
    { signal: never },
  );
  t.deepEqual(seen, [Object.entries(annotations), Object.prototype]);
});

test("audit – values of the environment and of changes – are never in it", async (t) => {
  const { entry } = await create({ hooks: setEnv("TOKEN", "s3cret") });
  t.false(JSON.stringify(entry).includes("s3cret"));
  t.like(entry, { decision: "mutate", argv: ["sh"] });
});

test("frozen – what a hook writes into its event – throws and changes nothing", async (t) => {
  const writes: Hooks = {
    preCreate: (event) => {
      (event.spec as { process?: unknown }).process = { args: ["evil"] };
    },
  };
  const { error, spec } = await create({ hooks: writes });
  t.is(error?.code, Code.Internal);
  t.deepEqual(spec["process"], { args: ["sh"], env: [] });
});
