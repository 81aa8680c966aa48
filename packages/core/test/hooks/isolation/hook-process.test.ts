import { existsSync } from "node:fs";
import { Code, type StatusError } from "@dunnage/ttrpc";
import test from "ava";
import { Draft } from "../../../src/hooks/adjustment/draft.ts";
import type { HookSubject } from "../../../src/hooks/event/event.ts";
import { never, subject } from "../../_support/hooks.ts";
import { isGone, isolated, isolatedModule, pidOf, refusal } from "../../_support/isolated-plugin.ts";
import { until } from "../../_support/until.ts";

test.serial("process of its own – denies with code and rule – deny", async (t) => {
  const { chain } = await isolated(
    t,
    `{ preStart({ container }, { deny, config }) {
      if (container.id === "c1") deny("no " + config.word, { code: "resource-exhausted", rule: "r1" });
    } }`,
    { config: { word: "way" } },
  );
  const error = await refusal(t, chain);
  t.is(error.code, Code.ResourceExhausted);
  t.regex(error.message, /^dunnage: denied by p1\/r1 at preStart: no way \[id=\w{26}\]$/);
  const container = { ...subject.container, id: "other" } as HookSubject["container"];
  await t.notThrowsAsync(chain.run("preStart", { ...subject, ...(container ? { container } : {}) }, { signal: never }));
});

test.serial("process of its own – changes what it is asked about – adjust", async (t) => {
  const { chain } = await isolated(
    t,
    `{ preCreate: { phase: "mutate", handler(event, { adjust }) {
      adjust.process.setEnv("FROM", event.spec.process.args[0]);
      adjust.tighten.readonlyRootfs();
      adjust.apply({ op: "remove", path: "/process/env/GONE" });
    } } }`,
  );
  const draft = new Draft("preCreate", { process: { args: ["sh"], env: ["GONE=1"] }, root: { path: "rootfs" } });
  await chain.run("preCreate", subject, { signal: never, draft, view: ({ target }) => ({ spec: target }) });
  t.deepEqual(draft.target, { process: { args: ["sh"], env: ["FROM=sh"] }, root: { path: "rootfs", readonly: true } });
  t.deepEqual(new Set(draft.changes.map(({ plugin }) => plugin)), new Set(["p1"]));
});

test.serial(
  "process of its own – warnings and annotations – are in the container's log and in the audit line, once",
  async (t) => {
    const { chain, log, entries } = await isolated(
      t,
      `{ preStart(event, { warn, annotate, log, deny }) {
        log.info("line");
        warn("careful");
        annotate("pid", String(event.pid));
        annotate("__proto__", "x");
        deny("no");
      } }`,
    );
    await refusal(t, chain);
    const leftOut = /^annotation "__proto__" is omitted: .*/;
    t.deepEqual(entries[0]?.annotations, { "p1/pid": "42" });
    t.deepEqual(
      entries[0]?.warnings?.map(({ message }) => message.replace(leftOut, "omitted")),
      ["careful", "omitted"],
    );
    t.is(log.messages("warn")[0], "careful");
    t.is(log.messages("warn").length, 2);
    t.true(log.messages("info").includes("line"));
  },
);

test.serial("process of its own – gets the whole event, frozen – keys such as __proto__", async (t) => {
  const { chain, log } = await isolated(
    t,
    `{ preStart(event, { log }) {
      let frozen = 0;
      for (const change of [() => event.spec.annotations.x = 1, () => event.spec.process.args.push("x"), () => event.container.id = "y"]) {
        try { change(); } catch (error) { if (error instanceof TypeError) frozen++; }
      }
      log.info("seen", { frozen, keys: Object.keys(event.spec.annotations), args: event.spec.process.args, replay: event.replay });
    } }`,
  );
  const spec = { process: { args: ["sh"] }, annotations: JSON.parse('{"__proto__":"p","constructor":"c"}') };
  await chain.run("preStart", { ...subject, spec }, { signal: never, replay: true });
  t.deepEqual(
    log.lines.filter(({ message }) => message === "seen"),
    [
      {
        level: "info",
        message: "seen",
        fields: {
          id: "c1",
          plugin: "p1",
          stage: "preStart",
          ...{ frozen: 3, keys: ["__proto__", "constructor"], args: ["sh"], replay: true },
        },
      },
    ],
  );
});

test.serial("process of its own – has its configuration checked there – a schema", async (t) => {
  const schema = `{ "~standard": { version: 1, vendor: "t", validate: (c) => c.n > 0 ? { value: { word: c.n + 1 } } : { issues: [{ message: "must be positive", path: ["n"] }] } } }`;
  const text = `import { definePlugin } from "@dunnage/core";
    export default definePlugin({ name: "x", apiVersion: 1, configSchema: ${schema}, hooks: { preStart: (event, { config, deny }) => deny(String(config.word)) } });`;
  const good = await isolatedModule(t, text, { config: { n: 1 } });
  t.regex((await refusal(t, good.chain)).message, /: 2 \[id/);
  const bad = await isolatedModule(t, text, { config: { n: 0 } });
  const error = await refusal(t, bad.chain, "preCreate");
  t.is(error.code, Code.FailedPrecondition);
  t.regex(error.message, /plugin p1 \(module:.*\): its config is not valid: n: must be positive$/);
});

test.serial("process of its own – refuses what it cannot be – a module that does not load, a runtime", async (t) => {
  const broken = await isolatedModule(t, "export default {");
  t.regex((await refusal(t, broken.chain, "preCreate")).message, /does not load/);
  const runtime = await isolatedModule(t, `export default { name: "x", apiVersion: 1, runtime: () => ({}) };`);
  t.regex((await refusal(t, runtime.chain, "preCreate")).message, /runtime or a module cannot be isolated/);
});

test.serial("process of its own – a throw is a failure, not a denial – closed and open", async (t) => {
  const throws = `{ preStart() { throw new Error("oh no"); } }`;
  const closed = await isolated(t, throws);
  const error = await refusal(t, closed.chain);
  t.is(error.code, Code.Internal);
  t.regex(error.message, /^dunnage: hook failed: p1 at preStart: oh no \[id/);
  const open = await isolated(t, throws, { onError: "open" });
  await t.notThrowsAsync(open.chain.run("preStart", subject, { signal: never }));
  t.is(open.chain.counts.passed, 1);
});

test.serial("process of its own – is ended at the deadline, the next call gets a new one – while (true)", async (t) => {
  const { chain, log } = await isolated(
    t,
    `{ preStart({ container }, { log, deny }) {
      log.info("alive", { pid: process.pid });
      if (container.annotations.loop === "1") { console.log("pid " + process.pid); for (;;); }
      deny("pid " + process.pid);
    } }`,
    { timeoutMs: 400 },
  );
  const looping = { ...subject, container: { ...subject.container, annotations: { loop: "1" } } } as HookSubject;
  const first = await pidOf(t, chain);
  let turns = 0;
  const ticking = setInterval(() => turns++, 10);
  const error = await refusal(t, chain, "preStart", looping);
  clearInterval(ticking);
  t.is(error.code, Code.Unavailable);
  t.regex(error.message, /timed out: p1 at preStart: no answer within 400 ms/);
  t.true(turns > 5, "the daemon's own event loop continued");
  await until(() => isGone(first));
  const second = await pidOf(t, chain);
  t.not(second, first);
  t.true(log.messages("warn").includes("hook server failed"));
  t.true(log.lines.some(({ message, fields }) => message === "plugin output" && fields["text"] === `pid ${first}`));
});

test.serial(
  "process of its own – the others of its calls that are cut fail – a loop next to a slow hook",
  async (t) => {
    const { chain } = await isolated(
      t,
      `{ preStart: { timeoutMs: 700, handler() { for (;;); } }, preExec: { timeoutMs: 60_000, handler: () => new Promise((r) => setTimeout(r, 50_000)) } }`,
      { timeoutMs: undefined },
    );
    const slow = chain.run("preExec", subject, { signal: never }).then(
      () => undefined,
      (error: unknown) => error,
    );
    await refusal(t, chain);
    const error = (await slow) as StatusError;
    t.is(error.code, Code.Unavailable);
    t.regex(error.message, /its process has ended, by SIGKILL/);
  },
);

test.serial(
  "process of its own – a hook that honours its signal keeps its process – AbortSignal at the deadline",
  async (t) => {
    const { chain } = await isolated(
      t,
      `{ preStart: { timeoutMs: 200, handler: (event, { signal }) => new Promise((r, reject) => signal.addEventListener("abort", () => reject(signal.reason))) },
       preExec: (event, { deny }) => deny("pid " + process.pid) }`,
      { timeoutMs: undefined },
    );
    const before = (await refusal(t, chain, "preExec")).message;
    t.is((await refusal(t, chain)).code, Code.Unavailable);
    const after = (await refusal(t, chain, "preExec")).message;
    t.is(/pid \d+/.exec(after)?.[0], /pid \d+/.exec(before)?.[0] ?? "");
  },
);

test.serial("process of its own – a client that cancels aborts the hook's signal – Cancel", async (t) => {
  const { chain, dir } = await isolated(
    t,
    `{ preStart: { timeoutMs: 60_000, handler: async (event, { signal, config }) => {
      const { writeFileSync } = await import("node:fs");
      writeFileSync(config.dir + "/begun", "");
      await new Promise((r) => signal.addEventListener("abort", r));
      writeFileSync(config.dir + "/" + signal.reason.name, "");
    } } }`,
  );
  const client = new AbortController();
  const run = chain.run("preStart", subject, { signal: client.signal });
  await until(() => existsSync(dir.join("begun")));
  client.abort(new DOMException("gone", "AbortError"));
  await t.throwsAsync(run);
  await until(() => existsSync(dir.join("AbortError")));
  t.deepEqual(chain.counts, { denied: 0, failed: 0, timedOut: 0, passed: 0 });
});
