import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { Code, StatusError } from "@dunnage/ttrpc";
import test from "ava";
import { Draft } from "../../../src/hooks/adjustment/draft.ts";
import { type HookServerParts, openHookServer, parseJson } from "../../_support/hook-server.ts";
import { never, subject } from "../../_support/hooks.ts";
import { refusalOf, setUpRemote } from "../../_support/remote-scene.ts";
import { until } from "../../_support/until.ts";

const preStart = [{ stage: "preStart" }];

test("ttrpc server – denies with code and rule, is asked only for what it wants – deny", async (t) => {
  const { serve, load } = setUpRemote(t);
  const seen: unknown[] = [];
  await serve({
    hooks: preStart,
    configure: ({ plugin, config_json, api_version }) => void seen.push(plugin, parseJson(config_json), api_version),
    handle: ({ stage, event_json, replay, timeout_ms, event_id }) => {
      const event = parseJson(event_json) as { container: { id: string }; eventId: string };
      seen.push(stage, event.container.id, replay, event.eventId === event_id, timeout_ms > 0 && timeout_ms <= 20_000);
      return { deny: { reason: "no way", code: "failed-precondition", rule: "r1" } };
    },
  });
  const { hooks, plugins } = await load({ config: { word: "x" } });
  t.is(plugins[0]?.plugin.name, "test-server");
  t.false(hooks.has("preCreate"));
  const error = await refusalOf(t, hooks);
  t.is(error.code, Code.FailedPrecondition);
  t.regex(error.message, /^dunnage: denied by p1\/r1 at preStart: no way \[id=/);
  t.deepEqual(seen, ["p1", { word: "x" }, 1, "preStart", "c1", false, true, true]);
});

test("ttrpc server – warnings, annotations and lines – are in the container's log and in the audit line", async (t) => {
  const { serve, load, log, entries } = setUpRemote(t);
  await serve({
    hooks: preStart,
    handle: () => ({
      warnings: ["careful"],
      annotations: { ticket: "T-1", "no key": "x", long: "v".repeat(20_000) },
      log: [{ level: "info", message: "line" }],
    }),
  });
  const { hooks } = await load({ timeoutMs: 10_000 });
  await hooks.run("preStart", subject, { signal: never, eventId: "01ID" });
  const leftOut =
    'annotation "no key" is omitted: a key is 1 to 63 letters, digits, . _ - and begins with a letter or digit';
  const where = { id: "c1", plugin: "p1", stage: "preStart" };
  t.deepEqual(log.lines, [
    { level: "info", message: "line", fields: where },
    { level: "warn", message: "careful", fields: { ...where, event_id: "01ID" } },
    { level: "warn", message: leftOut, fields: { ...where, event_id: "01ID" } },
  ]);
  t.deepEqual(entries[0]?.warnings, [
    { by: "p1", message: "careful" },
    { by: "p1", message: leftOut },
  ]);
  t.deepEqual(entries[0]?.annotations, { "p1/ticket": "T-1", "p1/long": `${"v".repeat(10_239)}…` });
});

test("ttrpc server – changes what it is asked about – adjustments as JSON", async (t) => {
  const { serve, load } = setUpRemote(t);
  const json = (value: unknown) => Buffer.from(JSON.stringify(value));
  await serve({
    hooks: [{ stage: "preCreate", phase: "mutate" }],
    handle: () => ({
      adjustments: [
        { op: "set", path: "/process/env/A", value_json: json("1") },
        { op: "tighten", path: "/linux/resources/memory/limit", value_json: json(1024) },
        { op: "remove", path: "/process/env/B" },
      ],
    }),
  });
  const { hooks } = await load();
  const draft = new Draft("preCreate", { process: { env: ["B=2"] } });
  await hooks.run("preCreate", subject, { signal: never, draft, view: ({ target }) => ({ spec: target }) });
  t.deepEqual(draft.target, { process: { env: ["A=1"] }, linux: { resources: { memory: { limit: 1024 } } } });
});

test("ttrpc server – is notified of events – Notify", async (t) => {
  const { serve, load } = setUpRemote(t);
  const told: unknown[] = [];
  await serve({ hooks: [{ stage: "exit" }], notify: (event) => told.push(event) });
  const { hooks } = await load();
  hooks.notify("exit", { ...subject, execId: "", exit: { pid: 1, exitStatus: 3, exitedAt: "x" } });
  hooks.notify("exit", { ...subject, execId: "e" });
  await hooks.flush(never);
  t.like(told, [
    { stage: "exit", execId: "" },
    { stage: "exit", execId: "e" },
  ]);
});

test("ttrpc server – is missing – closed refuses with Unavailable, open lets pass", async (t) => {
  const closed = setUpRemote(t);
  for (const stage of ["preCreate", "preExec", "preStart"] as const) {
    const error = await closed.refusal(stage);
    t.is(error.code, Code.Unavailable);
    t.regex(error.message, /^dunnage: hook failed: p1 at \w+: .*(ENOENT|no such file)/);
  }
  const { hooks } = await setUpRemote(t).load({ onError: "open" });
  await t.notThrowsAsync(hooks.run("preStart", subject, { signal: never }));
  t.is(hooks.counts.passed, 2, "one for each phase of the stage");
});

test("ttrpc server – does not answer Configure – a call tries once, whatever its stages and phases, the next call again", async (t) => {
  const scene = setUpRemote(t);
  let asked = 0;
  await scene.serve({
    configure: () => {
      asked++;
      return new Promise(() => {});
    },
  });
  const { hooks } = await scene.load({ onError: "open" });
  t.is(asked, 1, "when it is loaded");
  await hooks.run("preUpdate", subject, { signal: never });
  t.is(asked, 2, "once for the three phases of a stage");
  const call = {};
  await hooks.run("preKill", subject, { signal: never, call });
  await hooks.run("preStop", subject, { signal: never, call });
  t.is(asked, 3, "once for the stages of a call");
  t.is(hooks.counts.failed, 3 + 3 + 2, "each hook has failed");
});

test("ttrpc server – comes up after the daemon – calls are judged by it without a reload, and the chain is made anew", async (t) => {
  const scene = setUpRemote(t);
  const { hooks } = await scene.load();
  t.is((await refusalOf(t, hooks)).code, Code.Unavailable);
  await scene.serve({ hooks: preStart, handle: () => ({ deny: { reason: "judged" } }) });
  await until(async () => /judged/.test((await refusalOf(t, hooks)).message));
  t.is(scene.changes, 1);
  await t.notThrowsAsync(hooks.run("preExec", subject, { signal: never }), "what it does not want passes");
  const { hooks: anew } = await scene.load();
  t.false(anew.has("preExec"));
});

test("ttrpc server – comes up after the daemon – its validate hooks of every stage are asked as well", async (t) => {
  const scene = setUpRemote(t);
  const { hooks } = await scene.load();
  t.is((await refusalOf(t, hooks)).code, Code.Unavailable);
  await scene.serve({
    hooks: [{ stage: "preStart", phase: "validate" }],
    handle: () => ({ deny: { reason: "judged" } }),
  });
  await until(async () => /judged/.test((await refusalOf(t, hooks)).message));
  t.pass();
});

test("ttrpc server – goes away and comes back – refused meanwhile, judged again after", async (t) => {
  const scene = setUpRemote(t);
  const parts = { hooks: preStart, handle: () => ({ deny: { reason: "judged" } }) };
  const first = await scene.serve(parts);
  const { hooks } = await scene.load();
  t.regex((await refusalOf(t, hooks)).message, /judged/);
  await first[Symbol.asyncDispose]();
  t.is((await refusalOf(t, hooks)).code, Code.Unavailable);
  await scene.serve(parts);
  await until(async () => /judged/.test((await refusalOf(t, hooks)).message));
  t.is(scene.changes, 0, "it wants what it wanted before");
});

test("ttrpc server – wants other hooks after its restart – says so, and is not asked for what it wants no more", async (t) => {
  const scene = setUpRemote(t);
  const first = await scene.serve({ hooks: preStart, handle: () => ({ deny: { reason: "judged" } }) });
  const { hooks } = await scene.load();
  t.regex((await refusalOf(t, hooks)).message, /judged/);
  await first[Symbol.asyncDispose]();
  await scene.serve({ hooks: [{ stage: "preExec" }], handle: () => ({ deny: { reason: "judged" } }) });
  await until(async () =>
    hooks.run("preStart", subject, { signal: never }).then(
      () => true,
      () => false,
    ),
  );
  t.is(scene.changes, 1);
});

test("ttrpc server – the connection ends under a call – Unavailable", async (t) => {
  const scene = setUpRemote(t);
  const server = await scene.serve({
    hooks: preStart,
    handle: () => {
      server.close();
      return new Promise(() => {});
    },
  });
  const error = await scene.refusal();
  t.is(error.code, Code.Unavailable);
  t.regex(error.message, /the connection has ended/);
});

test("ttrpc server – is slow – Unavailable within its time, the server's signal aborts, the connection stays", async (t) => {
  const scene = setUpRemote(t);
  let isAborted = false;
  const server = await scene.serve({
    hooks: [
      { stage: "preStart", timeout_ms: 100 },
      { stage: "preExec", timeout_ms: 20_000 },
    ],
    handle: ({ stage }, signal) => {
      if (stage === "preExec") return { deny: { reason: "quick" } };
      return new Promise((_, reject) => {
        signal.addEventListener("abort", () => {
          isAborted = true;
          reject(signal.reason);
        });
      });
    },
  });
  const { hooks } = await scene.load({ timeoutMs: undefined });
  const error = await refusalOf(t, hooks);
  t.is(error.code, Code.Unavailable);
  t.regex(error.message, /no answer within 100 ms/);
  await until(() => isAborted);
  t.regex((await refusalOf(t, hooks, "preExec")).message, /quick/);
  t.is(server.connections, 1);
});

test("ttrpc server – answers nonsense – a failure each time, never an allowance", async (t) => {
  const { serve, load } = setUpRemote(t);
  const answers: (Uint8Array | object)[] = [
    Buffer.from([0x0a, 0xff, 0xff, 0xff, 0x7f]),
    Buffer.from("HTTP/1.1 200 OK\r\n"),
    { adjustments: [{ op: "set", path: "/process/cwd", value_json: Buffer.from('"/"') }] },
    { adjustments: [{ op: "explode", path: "/" }] },
    { adjustments: [{ op: "set", path: "/a", value_json: Buffer.from("{not json") }] },
    { deny: { reason: "x", code: "__proto__" } },
    { log: [{ level: "with", message: "x" }] },
  ];
  await serve({ hooks: preStart, handle: () => answers.shift() as Uint8Array });
  const { hooks } = await load();
  while (answers.length > 0) {
    const error = await refusalOf(t, hooks);
    t.regex(error.message, /^dunnage: hook failed: p1 at preStart: /);
    t.is(error.code, Code.Internal);
  }
});

const refusedServers = {
  "an unknown stage": { hooks: [{ stage: "preStrat" }] },
  "a stage that is a key of every object": { hooks: [{ stage: "constructor" }] },
  "mutate where nothing can be changed": { hooks: [{ stage: "preStart", phase: "mutate" }] },
  "an unknown phase": { hooks: [{ stage: "preStart", phase: "later" }] },
  "an unknown on_error": { hooks: [{ stage: "preStart", on_error: "ajar" }] },
  "a configuration that it refuses": {
    configure: () => {
      throw new StatusError(Code.InvalidArgument, "word must be a text");
    },
  },
} satisfies Record<string, HookServerParts>;
for (const [what, parts] of Object.entries(refusedServers)) {
  test(`ttrpc server – is refused with the reason when it is loaded – ${what}`, async (t) => {
    const { serve, refusal } = setUpRemote(t);
    await serve(parts);
    const error = await refusal("preCreate");
    t.is(error.code, Code.FailedPrecondition);
    t.regex(error.message, /^dunnage: plugin p1 \(ttrpc:.*\): (the server wants|word must be a text)/);
  });
}

test("ttrpc server – is not asked – a socket that others can have put there, a file that is none", async (t) => {
  const open = setUpRemote(t);
  mkdirSync(open.dir.join("open"));
  chmodSync(open.dir.join("open"), 0o777);
  const path = open.dir.join("open", "hooks.sock");
  const server = await openHookServer(path, { hooks: preStart });
  t.teardown(() => server[Symbol.asyncDispose]());
  const error = await open.refusal("preStart", { use: `ttrpc:${path}` });
  t.is(error.code, Code.Unavailable);
  t.regex(error.message, /is writable by its group or by others/);
  const file = setUpRemote(t);
  writeFileSync(file.path, "");
  t.regex((await file.refusal()).message, /is not a socket/);
});

test("ttrpc server – five failures in a row – it is not asked for a while", async (t) => {
  const scene = setUpRemote(t);
  const { hooks } = await scene.load({ timeoutMs: 10_000 });
  await until(async () => /not asked for \d+ s more after 5 failures/.test((await refusalOf(t, hooks)).message));
  const asked = scene.log.messages("warn").filter((message) => message === "hook server failed").length;
  t.is(asked, 5);
  for (let i = 0; i < 3; i++) t.regex((await refusalOf(t, hooks)).message, /not asked/);
  t.is(scene.log.messages("warn").filter((message) => message === "hook server failed").length, asked);
});

test("ttrpc server – an event of 10 MB is a failure, nothing is cut off – and the next call is fine", async (t) => {
  const scene = setUpRemote(t);
  await scene.serve({ hooks: preStart, handle: () => ({ deny: { reason: "seen" } }) });
  const { hooks } = await scene.load();
  const error = await refusalOf(t, hooks, "preStart", { ...subject, spec: { args: ["x".repeat(10 * 2 ** 20)] } });
  t.is(error.code, Code.Internal);
  t.regex(error.message, /exceed maximum message size/);
  t.regex((await refusalOf(t, hooks)).message, /seen/);
});
