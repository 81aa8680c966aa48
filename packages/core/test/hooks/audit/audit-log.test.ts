import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, renameSync, statSync } from "node:fs";
import test from "ava";
import type { AuditEntry } from "../../../src/hooks/audit/audit-entry.ts";
import { AuditLog, type AuditOptions } from "../../../src/hooks/audit/audit-log.ts";
import type { HookChain } from "../../../src/hooks/chain/chain.ts";
import { type HookSource, LiveHooks } from "../../../src/hooks/chain/live-hooks.ts";
import { HangingFs } from "../../_support/hanging-fs.ts";
import { chainWith, never, subject } from "../../_support/hooks.ts";
import { RecordingLog } from "../../_support/recording-log.ts";
import { TempDir } from "../../_support/temp-dir.ts";
import { until } from "../../_support/until.ts";

const entry = (fields: Partial<AuditEntry> = {}): AuditEntry => ({
  v: 1,
  id: "01J",
  ts: "2026-01-01T00:00:00Z",
  shim: 1,
  stage: "preExec",
  decision: "deny",
  plugins: [],
  ms: 0,
  ...fields,
});

function open(
  dir: TempDir,
  options: Partial<AuditOptions> = {},
): { log: AuditLog; path: string; complaints: RecordingLog } {
  const path = dir.join("deep/audit.jsonl");
  const complaints = new RecordingLog();
  const all = { path, allowSample: 1, argv: "head", maxSizeBytes: 1 << 20, keep: 2, ...options } as const;
  return { log: new AuditLog(all, complaints, 60_000), path, complaints };
}

const lines = (path: string): AuditEntry[] =>
  readFileSync(path, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as AuditEntry);

test("AuditLog – one JSON line for each decision – in a file that only root reads", async (t) => {
  using dir = new TempDir();
  using log = open(dir).log;
  await log.record(entry({ decision: "allow" }));
  await log.record(entry({ reason: "no\nway" }));
  const { path } = open(dir);
  t.deepEqual(
    lines(path).map(({ decision }) => decision),
    ["allow", "deny"],
  );
  t.is(lines(path)[1]?.reason, "no\nway");
  t.is(statSync(path).mode & 0o777, 0o600);
});

test("AuditLog – arguments – only the head of them unless asked for", async (t) => {
  using dir = new TempDir();
  const argv = ["sh", "-c", "curl -H token=secret"];
  for (const mode of ["head", "full", "none"] as const) {
    using log = open(dir, { argv: mode }).log;
    await log.record(entry({ argv }));
  }
  t.deepEqual(
    lines(open(dir).path).map((line) => line.argv),
    [["sh", "-c", "***"], argv, undefined],
  );
});

test("AuditLog – calls that simply pass, and of which nothing is said – are sampled, nothing else is", async (t) => {
  using dir = new TempDir();
  using log = open(dir, { allowSample: 0 }).log;
  await log.record(entry({ decision: "allow", warnings: [{ by: "p", message: "w" }] }));
  await log.record(entry({ decision: "allow", annotations: { "p/a": "x" } }));
  for (const decision of ["allow", "deny", "mutate", "error", "fail-open", "would-deny"] as const)
    await log.record(entry({ decision }));
  await log.record(entry()); // the lines before a refusal are written before it
  t.deepEqual(
    lines(open(dir).path).map(({ decision }) => decision),
    ["allow", "allow", "deny", "mutate", "error", "fail-open", "would-deny", "deny"],
  );
});

test("AuditLog – a full file – is renamed, and only so many are kept; writers of the old one follow", async (t) => {
  using dir = new TempDir();
  const { log: first, path } = open(dir, { maxSizeBytes: 400 });
  using a = first;
  using b = open(dir, { maxSizeBytes: 400 }).log;
  for (let i = 0; i < 40; i++) await (i % 2 ? a : b).record(entry({ id: String(i) }));
  t.true(existsSync(`${path}.1`));
  t.true(existsSync(`${path}.2`));
  t.false(existsSync(`${path}.3`));
  t.false(existsSync(`${path}.rotating`));
  const kept = [`${path}.2`, `${path}.1`, path].flatMap((file) => lines(file).map(({ id }) => Number(id)));
  t.deepEqual(
    kept,
    kept.toSorted((x, y) => x - y),
  );
  t.is(kept.at(-1), 39);
  t.is(kept.length, 39 - (kept[0] ?? 0) + 1, "no line is lost within what is kept");
});

test("AuditLog – flush – waits for lines that no call waits for, until the signal aborts", async (t) => {
  using dir = new TempDir();
  const { log, path } = open(dir);
  using _ = log;
  const { chain } = chainWith({ audit: log }, { hooks: { exit: (_event, { warn }) => warn("seen") } });
  chain.notify("exit", subject);
  await chain.flush(never);
  t.is(lines(path).length, 1);
});

test("AuditLog – two daemons, a backlog larger than one write – every line is whole", async (t) => {
  using dir = new TempDir();
  using a = open(dir, { maxSizeBytes: 1 << 30 }).log;
  using b = open(dir, { maxSizeBytes: 1 << 30 }).log;
  for (let i = 0; i < 800; i++)
    for (const log of [a, b]) void log.record(entry({ decision: "allow", reason: "x".repeat(1_000), id: String(i) }));
  await Promise.all([a.flush(), b.flush()]);
  const { path, complaints } = open(dir);
  t.is(lines(path).length, 1_600);
  t.deepEqual(complaints.lines, []);
});

test("AuditLog – a full file that cannot be renamed – lines are written all the same, the log says so", async (t) => {
  using dir = new TempDir();
  const { log, path, complaints } = open(dir, { maxSizeBytes: 400, keep: 1 });
  using _ = log;
  mkdirSync(`${path}.1/in-the-way`, { recursive: true });
  for (let i = 0; i < 10; i++) await log.record(entry({ id: String(i) }));
  t.is(lines(path).length, 10);
  t.deepEqual([...new Set(complaints.messages("error"))], ["audit log is not rotated"]);
});

test("AuditLog – a line larger than the limit of what waits – is written", async (t) => {
  using dir = new TempDir();
  const { log, path } = open(dir);
  using _ = log;
  await log.record(entry({ image: "x".repeat(3 << 20) }));
  t.is(lines(path)[0]?.image?.length, 3 << 20);
});

test("AuditLog – renamed by another process – continues in a new file", async (t) => {
  using dir = new TempDir();
  const { log, path } = open(dir);
  using _ = log;
  await log.record(entry({ id: "1" }));
  renameSync(path, `${path}.old`);
  await log.record(entry({ id: "2" }));
  t.deepEqual(
    lines(path).map(({ id }) => id),
    ["2"],
  );
});

test("AuditLog – a place that cannot be written – is in the daemon's log, and no call fails", async (t) => {
  using dir = new TempDir();
  const { log, complaints } = open(dir, { path: "/proc/nowhere/audit.jsonl" });
  using _ = log;
  await t.notThrowsAsync(log.record(entry()));
  t.deepEqual(complaints.messages("error"), ["audit line is lost"]);
});

for (const name of ["lookup/a.jsonl", "getattr.jsonl", "open.jsonl", "write.jsonl", "fsync.jsonl"]) {
  test.serial(
    `AuditLog – the disk hangs at ${name} – refusals wait a time at most, other lines and other files not at all`,
    async (t) => {
      using fs = new HangingFs();
      using dir = new TempDir();
      const complaints = new RecordingLog();
      const options = { path: fs.join(name), allowSample: 1, argv: "head", maxSizeBytes: 1 << 20, keep: 2 } as const;
      using log = new AuditLog(options, complaints, 200);
      const refusals = Promise.all(Array.from({ length: 8 }, () => log.record(entry())));
      await log.record(entry({ decision: "allow" }));
      t.is(complaints.lines.length, 0);
      using other = open(dir).log;
      await other.record(entry());
      t.is(lines(open(dir).path).length, 1);
      await refusals;
      t.is(complaints.lines.filter(({ message }) => message === "audit line is lost").length, 8);
      fs.recover();
    },
  );
}

test.serial(
  "AuditLog – the disk hangs for long – what waits for it is bounded, and what is lost is in the log",
  async (t) => {
    using fs = new HangingFs();
    const complaints = new RecordingLog();
    const path = fs.join("write.jsonl");
    using log = new AuditLog({ path, allowSample: 1, argv: "head", maxSizeBytes: 1 << 30, keep: 2 }, complaints, 200);
    for (let i = 0; i < 3_000; i++) await log.record(entry({ decision: "allow", reason: "x".repeat(900) }));
    await until(() => complaints.messages("error").length > 1_000, "lines over the limit are reported");
    t.true(complaints.messages("error").length < 2_500, "the lines up to the limit still wait");
    fs.recover();
  },
);

test("AuditLog – ten reloads – one descriptor", async (t) => {
  using dir = new TempDir();
  let revision = 0;
  const denying = (): HookChain =>
    chainWith({ audit: open(dir).log }, { hooks: { preStart: (_, { deny }) => deny("no") } }).chain;
  let loaded = "0";
  const source: HookSource = {
    revision: () => String(revision),
    loadedRevision: () => loaded,
    load: async () => {
      loaded = String(revision);
      return { chain: denying(), missing: [] };
    },
  };
  const live = new LiveHooks(denying(), source, { log: new RecordingLog() });
  for (revision = 0; revision <= 10; revision++) {
    await live.refresh();
    await t.throwsAsync(live.run("preStart", subject, { signal: never }));
  }
  await until(() => openFiles().filter((path) => path === open(dir).path).length === 1, "one descriptor");
  t.pass();
  live.close();
});

const openFiles = (): string[] =>
  readdirSync("/proc/self/fd").flatMap((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return [];
    }
  });
