import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import test from "ava";
import { Draft } from "../../../src/hooks/adjustment/draft.ts";
import { mutableParts } from "../../../src/hooks/adjustment/mutable-part.ts";
import { judge } from "../../../src/hooks/chain/judge.ts";
import type { Hooks } from "../../../src/hooks/plugin/plugin.ts";
import type { RecordedRequest } from "../../../src/hooks/recording/recorded-request.ts";
import { RequestRecorder } from "../../../src/hooks/recording/request-recorder.ts";
import { parseExactJson } from "../../../src/spec/exact-json.ts";
import type { Table } from "../../../src/spec/table.ts";
import { HangingFs } from "../../_support/hanging-fs.ts";
import { chainWith, never, subject } from "../../_support/hooks.ts";
import { RecordingLog } from "../../_support/recording-log.ts";
import { TempDir } from "../../_support/temp-dir.ts";
import { until } from "../../_support/until.ts";

const hooks: Hooks = {
  preCreate: [
    { phase: "mutate", handler: (_, { adjust }) => adjust.tighten.readonlyRootfs() },
    {
      phase: "validate",
      handler: ({ spec }, { deny }) => {
        if (spec.process?.args?.[0] === "nc") deny("no nc", { rule: "no-nc" });
      },
    },
  ],
  preStop: () => {},
};

const openChain = (directory: string, keep = 100, plugin: Hooks = hooks) => {
  const log = new RecordingLog();
  const requests = new RequestRecorder({ directory, keep }, log);
  return { ...chainWith({ requests }, { hooks: plugin }), complaints: log };
};

const specOf = (args: readonly string[]): Table =>
  parseExactJson(
    `{"process":{"args":${JSON.stringify(args)},"env":["A=secret","B"]},"root":{"path":"r"},
      "hooks":{"createRuntime":[{"path":"/h","env":["TOKEN=secret=x"]}]},
      "linux":{"resources":{"memory":{"limit":9223372036854775807}}},"__proto__":{"env":["X=secret"]}}`,
  ) as Table;

async function create(chain: ReturnType<typeof openChain>["chain"], args: readonly string[]): Promise<void> {
  const draft = new Draft("preCreate", specOf(args));
  await chain.run("preCreate", subject, { signal: never, draft, view: mutableParts.preCreate.view });
}

const read = (directory: string): RecordedRequest[] =>
  readdirSync(directory)
    .sort()
    .map((name) => parseExactJson(readFileSync(`${directory}/${name}`, "utf8")) as RecordedRequest);

/** Waits until this many requests are recorded. */
const recorded = (directory: string, count: number) =>
  until(() => existsSync(directory) && readdirSync(directory).filter(isRecorded).length === count, `${count} requests`);

const isRecorded = (name: string): boolean => /^\w{26}\.json$/.test(name);

test("RequestRecorder – what was judged – as the first hook saw it, without values of the environment, with the verdict", async (t) => {
  using dir = new TempDir();
  const directory = dir.join("requests");
  const { chain } = openChain(directory);
  await create(chain, ["sh"]);
  await t.throwsAsync(create(chain, ["nc"]));
  await recorded(directory, 2);
  const [allowed, denied] = read(directory);
  const spec = (allowed?.event as unknown as { spec: Table } | undefined)?.spec ?? {};
  t.like(spec, {
    process: { args: ["sh"], env: ["A=***", "B=***"] },
    root: { path: "r" },
    hooks: { createRuntime: [{ path: "/h", env: ["TOKEN=***"] }] },
    linux: { resources: { memory: { limit: 9223372036854775807n } } },
  });
  t.is((spec["root"] as Table)["readonly"], undefined);
  const changes = [{ op: "tighten", path: "/root/readonly", by: "p1" }];
  t.deepEqual(allowed?.expect as unknown, { decision: "mutate", changes });
  t.deepEqual(denied?.expect as unknown, { decision: "deny", policy: "p1", rule: "no-nc", changes });
  const [name = ""] = readdirSync(directory);
  t.is(name, `${allowed?.event.eventId}.json`);
  t.false(readFileSync(`${directory}/${name}`, "utf8").includes("secret"));
  t.is(statSync(`${directory}/${name}`).mode & 0o777, 0o600);
  t.is(statSync(directory).mode & 0o777, 0o700);
});

test("judge – a recording – comes to the same verdict and changes as the call did", async (t) => {
  using dir = new TempDir();
  const { chain } = openChain(dir.path);
  await create(chain, ["sh"]);
  await t.throwsAsync(create(chain, ["nc"]));
  await recorded(dir.path, 2);
  const [allowed, denied] = read(dir.path);
  const again = chainWith({}, { hooks }).chain;
  const good = await judge(again, allowed?.event as RecordedRequest["event"]);
  t.is(good.error, undefined);
  t.like(good.changes[0], { op: "tighten", path: "/root/readonly", value: true, plugin: "p1" });
  t.regex(String((await judge(again, denied?.event as RecordedRequest["event"])).error), /denied by p1\/no-nc/);
});

test("RequestRecorder – a stage in which nothing is judged, a cancelled call – is not recorded", async (t) => {
  using dir = new TempDir();
  const directory = dir.join("requests");
  const abort = new AbortController();
  const { chain } = openChain(directory, 100, { ...hooks, preStart: () => abort.abort(new Error("gone")) });
  await chain.run("preStop", subject, { signal: never });
  await t.throwsAsync(chain.run("preStart", subject, { signal: abort.signal }));
  await create(chain, ["sh"]);
  await recorded(directory, 1);
  t.deepEqual(
    read(directory).map(({ event }) => event.stage),
    ["preCreate"],
  );
});

test("RequestRecorder – more than are kept – the oldest go, other files stay", async (t) => {
  using dir = new TempDir();
  writeFileSync(dir.join("mine.json"), "{}");
  const abandoned = dir.join("00000000000000000000000000.json.tmp");
  writeFileSync(abandoned, "{");
  const { chain } = openChain(dir.path, 20);
  const seen: string[] = [];
  for (let i = 0; i < 60; i++) {
    await create(chain, [String(i)]);
    const isNew = (name: string): boolean => isRecorded(name) && !seen.includes(name);
    await until(() => readdirSync(dir.path).some(isNew), `request ${i}`);
    seen.push(...readdirSync(dir.path).filter(isNew));
    await until(() => readdirSync(dir.path).filter(isRecorded).length <= 20, "the oldest are removed");
  }
  t.is(seen.length, 60);
  t.true(existsSync(dir.join(seen.at(-1) ?? "")));
  t.false(existsSync(dir.join(seen[0] ?? "")));
  t.true(existsSync(dir.join("mine.json")));
  t.false(existsSync(abandoned));
});

test("RequestRecorder – what is too large, a place that cannot be written – is in the log, and no call fails", async (t) => {
  using dir = new TempDir();
  const large = openChain(dir.path);
  await create(large.chain, ["x".repeat(2 << 20)]);
  t.deepEqual(large.complaints.messages("warn"), ["request is not recorded"]);
  t.deepEqual(readdirSync(dir.path), []);
  const nowhere = openChain("/proc/nowhere");
  await create(nowhere.chain, ["x"]);
  await until(() => nowhere.complaints.lines.length > 0, "the loss is in the log");
  t.deepEqual(nowhere.complaints.messages("warn"), ["request is not recorded"]);
});

test("RequestRecorder – the disk hangs – calls do not wait, what waits is bounded, the rest is in the log", async (t) => {
  using fs = new HangingFs();
  const { chain, complaints } = openChain(fs.join("lookup"));
  for (let i = 0; i < 20; i++) await create(chain, ["sh"]);
  t.is(complaints.messages("warn").length, 4);
  fs.recover();
});
