import { existsSync, writeFileSync } from "node:fs";
import { Code, StatusError } from "@dunnage/ttrpc";
import test from "ava";
import fc from "fast-check";
import {
  execInternalPidFile,
  execPidFile,
  execProcessFile,
  initPidFile,
  parsePid,
  readPidFile,
  removeExecFiles,
} from "../../src/oci/pid-file.ts";
import { TempDir } from "../_support/temp-dir.ts";

test("parsePid – any pid, with or without space around it", (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 0x7fff_ffff }), fc.constantFrom("", "\n", " \n"), (pid, space) => {
      t.is(parsePid(`${space}${pid}${space}`), pid);
    }),
  );
  t.pass();
});

for (const text of ["", "0", "-1", "1.5", "0x10", "12 13", "1e3", "99999999999", "2147483648", "pid"]) {
  test(`parsePid – ${JSON.stringify(text)} – no pid`, (t) => t.is(parsePid(text), undefined));
}

test("readPidFile – missing or garbage – Unknown, with the path", (t) => {
  using dir = new TempDir();
  const path = dir.join("init.pid");
  const missing = t.throws<StatusError>(() => readPidFile(path));
  t.is(missing.code, Code.Unknown);
  t.true(missing.message.includes(path));
  writeFileSync(path, "not a pid");
  t.regex(t.throws<StatusError>(() => readPidFile(path)).message, /no pid in .*"not a pid"/);
});

test("exec files – removed together, twice", (t) => {
  using dir = new TempDir();
  writeFileSync(execPidFile(dir.path, "e"), "1");
  writeFileSync(execProcessFile(dir.path, "e"), "{}");
  removeExecFiles(dir.path, "e");
  removeExecFiles(dir.path, "e");
  t.false(existsSync(dir.join("exec-e.pid")) || existsSync(dir.join("exec-e-process.json")));
});

test("exec files – no id makes them the files of init", (t) => {
  t.not(execPidFile("/b", "init"), initPidFile("/b"));
});

test("exec files – an id that leaves the bundle – InvalidArgument", (t) => {
  for (const id of ["", "../x", "a/b", "a\0"]) {
    t.true(StatusError.is(t.throws(() => execPidFile("/b", id))));
  }
});

test("exec files – two ids – share none, however the ids end", (t) => {
  const filesOf = (id: string) => [execPidFile, execInternalPidFile, execProcessFile].map((file) => file("/b", id));
  const ids = ["a", "a.internal", "a.pid", "a-process.json", "internal-a", "a.internal.pid", "exec-a"];
  t.is(new Set(ids.flatMap(filesOf)).size, 3 * ids.length);
});
