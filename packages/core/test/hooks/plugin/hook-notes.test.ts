import test from "ava";
import type { AuditEntry } from "../../../src/hooks/audit/audit-entry.ts";
import type { HookContext, Hooks } from "../../../src/hooks/plugin/plugin.ts";
import { chainWith, type FakePlugin, never, subject } from "../../_support/hooks.ts";

type Say = (context: HookContext) => unknown;

/** Returns a plugin with a single hook, of preStart, which adds notes. */
const saying = (say: Say, source: Partial<FakePlugin> = {}): FakePlugin => ({
  ...source,
  hooks: {
    preStart: async (_, context) => {
      await say(context);
    },
  },
});

/** Runs preStart; returns its audit entry, and the warnings in the container's log. */
async function run(...plugins: readonly FakePlugin[]) {
  const entries: AuditEntry[] = [];
  const { chain, log } = chainWith({ audit: { record: (entry) => void entries.push(entry) } }, ...plugins);
  const error = await chain.run("preStart", subject, { signal: never, eventId: "01ID" }).then(
    () => undefined,
    (reason: Error) => reason,
  );
  const [entry] = entries;
  return { error, entry, decision: entry?.decision, log, warnings: log.lines.filter(({ level }) => level === "warn") };
}

test("notes – a warning – is in the container's log, with the id of the event, and in the audit line; the call continues", async (t) => {
  const { error, entry, warnings } = await run(saying(({ warn }) => warn("mind\n  the gap"), { name: "w" }));
  t.is(error, undefined);
  t.like(entry, { decision: "allow", warnings: [{ by: "w", message: "mind the gap" }] });
  t.deepEqual(warnings, [
    {
      level: "warn",
      message: "mind the gap",
      fields: { id: "c1", plugin: "w", stage: "preStart", event_id: "01ID" },
    },
  ]);
});

test("notes – annotations – are in the audit line under the plugin's name, the last value of a key", async (t) => {
  const first = saying(({ annotate }) => {
    annotate("image", "a");
    annotate("image", "b");
  });
  const { entry, log } = await run(
    first,
    saying(({ annotate }) => annotate("image", "c"), { mode: "audit" }),
  );
  t.deepEqual(entry?.annotations, { "p1/image": "b", "p2/image": "c" });
  t.deepEqual(log.lines, []);
});

test("notes – of hooks that say nothing – are missing", async (t) => {
  const { entry } = await run(saying(() => {}));
  t.false("warnings" in (entry ?? {}));
  t.false("annotations" in (entry ?? {}));
});

test("notes – a plugin in audit mode – its warnings are in the audit line alone, and said to be", async (t) => {
  const { entry, log } = await run(saying(({ warn }) => warn("x"), { mode: "audit" }));
  t.deepEqual(entry?.warnings, [{ by: "p1", message: "x", mode: "audit" }]);
  t.deepEqual(log.lines, []);
});

const ends: Record<string, [Say, string, Partial<FakePlugin>?]> = {
  "denies, in audit mode": [({ deny }) => deny("no"), "would-deny", { mode: "audit" }],
  denies: [({ deny }) => deny("no"), "deny"],
  throws: [() => Promise.reject(new Error("x")), "error"],
  "throws, open": [() => Promise.reject(new Error("x")), "fail-open", { onError: "open" }],
  "takes too long": [() => new Promise(() => {}), "error", { timeoutMs: 20 }],
};
for (const [what, [end, decision, source]] of Object.entries(ends)) {
  test(`notes – what a hook has said until then counts – it ${what}`, async (t) => {
    const say: Say = (context) => {
      context.warn("w");
      context.annotate("a", "b");
      return end(context);
    };
    const { entry } = await run(saying(say, source));
    t.like(entry, { decision, annotations: { "p1/a": "b" } });
    t.is(entry?.warnings?.[0]?.message, "w");
  });
}

test("notes – what a hook says after its time – does not count", async (t) => {
  const late = Promise.withResolvers<void>();
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const say: Say = async ({ warn, annotate }) => {
    await late.promise;
    warn("late");
    annotate("late", "x");
    resolve();
  };
  const { entry, warnings } = await run(saying(say, { onError: "open", timeoutMs: 20 }));
  late.resolve();
  await ended;
  t.false("warnings" in (entry ?? {}));
  t.false("annotations" in (entry ?? {}));
  t.false(warnings.some(({ message }) => message === "late"));
});

test("notes – too long, too many, under a key that is none – are cut or omitted, which is reported, and the call continues", async (t) => {
  const say: Say = ({ warn, annotate }) => {
    warn("w".repeat(5_000));
    annotate("long", "v".repeat(20_000));
    for (const key of ["", "a/b", "__proto__", "ä", "k".repeat(64)]) annotate(key, "x");
    for (let i = 0; i < 40; i++) annotate(`k${i}`, "x");
    annotate("k0", "again");
  };
  const { error, entry } = await run(saying(say));
  t.is(error, undefined);
  const { annotations = {}, warnings = [] } = entry ?? {};
  t.is(Object.keys(annotations).length, 32);
  t.is(annotations["p1/long"]?.length, 10_240);
  t.is(annotations["p1/k0"], "again");
  const messages = warnings.map(({ message }) => message);
  t.is(messages[0], `${"w".repeat(999)}…`);
  t.regex(messages[2] ?? "", /^annotation "a\/b" is omitted: a key is 1 to 63 letters/);
  t.is(messages[6], 'annotation "k31" is omitted: there are 32 already');
  t.is(messages.length, 15);
});

test("notes – more warnings than are taken – the last says so", async (t) => {
  const { entry } = await run(
    saying(({ warn }) => {
      for (let i = 0; i < 1_000; i++) warn(`w${i}`);
    }),
  );
  const messages = entry?.warnings?.map(({ message }) => message) ?? [];
  t.is(messages.length, 32);
  t.deepEqual(messages.slice(-2), ["w30", "more warnings than these are omitted"]);
});

test("notes – of an event that no client waits for – are in its audit line", async (t) => {
  const entries: AuditEntry[] = [];
  const hooks: Hooks = { exit: (_, { annotate }) => annotate("seen", "yes") };
  const { chain } = chainWith({ audit: { record: (entry) => void entries.push(entry) } }, { hooks });
  chain.notify("exit", subject);
  await chain.flush(never);
  t.deepEqual(entries[0]?.annotations, { "p1/seen": "yes" });
});
