import { existsSync, readFileSync, renameSync, statSync } from "node:fs";
import test from "ava";
import type { AuditEntry } from "../../../src/hooks/audit/audit-entry.ts";
import { AuditLog, type AuditOptions } from "../../../src/hooks/audit/audit-log.ts";
import { RecordingLog } from "../../_support/recording-log.ts";
import { TempDir } from "../../_support/temp-dir.ts";

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
  return { log: new AuditLog(all, complaints), path, complaints };
}

const lines = (path: string): AuditEntry[] =>
  readFileSync(path, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as AuditEntry);

test("AuditLog – one JSON line for each decision – in a file that only root reads", (t) => {
  using dir = new TempDir();
  using log = open(dir).log;
  log.record(entry({ reason: "no\nway" }));
  log.record(entry({ decision: "allow" }));
  const { path } = open(dir);
  t.deepEqual(
    lines(path).map(({ decision }) => decision),
    ["deny", "allow"],
  );
  t.is(lines(path)[0]?.reason, "no\nway");
  t.is(statSync(path).mode & 0o777, 0o600);
});

test("AuditLog – arguments – only the head of them unless asked for", (t) => {
  using dir = new TempDir();
  const argv = ["sh", "-c", "curl -H token=secret"];
  for (const mode of ["head", "full", "none"] as const) {
    using log = open(dir, { argv: mode }).log;
    log.record(entry({ argv }));
  }
  t.deepEqual(
    lines(open(dir).path).map((line) => line.argv),
    [["sh", "-c", "***"], argv, undefined],
  );
});

test("AuditLog – calls that simply pass, and of which nothing is said – are sampled, nothing else is", (t) => {
  using dir = new TempDir();
  using log = open(dir, { allowSample: 0 }).log;
  log.record(entry({ decision: "allow", warnings: [{ by: "p", message: "w" }] }));
  log.record(entry({ decision: "allow", annotations: { "p/a": "x" } }));
  for (const decision of ["allow", "deny", "mutate", "error", "fail-open", "would-deny"] as const)
    log.record(entry({ decision }));
  t.deepEqual(
    lines(open(dir).path).map(({ decision }) => decision),
    ["allow", "allow", "deny", "mutate", "error", "fail-open", "would-deny"],
  );
});

test("AuditLog – a full file – is put aside, and only so many are kept; writers of the old one follow", (t) => {
  using dir = new TempDir();
  const { log: first, path } = open(dir, { maxSizeBytes: 400 });
  using a = first;
  using b = open(dir, { maxSizeBytes: 400 }).log;
  for (let i = 0; i < 40; i++) (i % 2 ? a : b).record(entry({ id: String(i) }));
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

test("AuditLog – put aside by somebody else – goes on in a new file", (t) => {
  using dir = new TempDir();
  const { log, path } = open(dir);
  using _ = log;
  log.record(entry({ id: "1" }));
  renameSync(path, `${path}.old`);
  log.record(entry({ id: "2" }));
  t.deepEqual(
    lines(path).map(({ id }) => id),
    ["2"],
  );
});

test("AuditLog – a place that cannot be written – is said in the log, and nobody's call fails", (t) => {
  using dir = new TempDir();
  const { log, complaints } = open(dir, { path: "/proc/nowhere/audit.jsonl" });
  using _ = log;
  t.notThrows(() => log.record(entry()));
  t.deepEqual(complaints.messages("error"), ["audit line is lost"]);
});
