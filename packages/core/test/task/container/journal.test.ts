import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { defaultOptions } from "../../../src/runtime/options.ts";
import { type Journal, readJournal, writeJournal } from "../../../src/task/container/journal.ts";

const journal: Journal = {
  version: 1,
  id: "c",
  namespace: "test",
  runtime: "runc",
  options: { ...defaultOptions, root: "/run/x" },
  daemon: { pid: 7, directory: "/run/dunnage/d/7.1" },
};

test("journal – comes back as it was written, and nothing else is left in the bundle", (t) => {
  const bundle = mkdtempSync(join(tmpdir(), "journal-"));
  t.teardown(() => rmSync(bundle, { recursive: true }));
  writeJournal(bundle, journal);
  writeJournal(bundle, { ...journal, exit: { pid: 9, exitStatus: 3, exitedAt: "2026-01-01T00:00:00.000Z" } });
  t.is(readJournal(bundle)?.exit?.exitStatus, 3);
  t.deepEqual(readJournal(bundle)?.options, journal.options);
  t.deepEqual(readdirSync(bundle), ["dunnage.json"]);
});

test("journal – none, another version, and garbage count as none", (t) => {
  const bundle = mkdtempSync(join(tmpdir(), "journal-"));
  t.teardown(() => rmSync(bundle, { recursive: true }));
  t.is(readJournal(bundle), undefined);
  for (const text of ["", "null", "{", '{"version":2}', "[]"]) {
    writeFileSync(join(bundle, "dunnage.json"), text);
    t.is(readJournal(bundle), undefined);
  }
});
