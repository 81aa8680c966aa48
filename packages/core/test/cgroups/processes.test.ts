import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { readPids } from "../../src/cgroups/processes.ts";
import { TempDir } from "../_support/temp-dir.ts";

test("readPids – cgroups below count, processes of other pid namespaces do not", (t) => {
  using dir = new TempDir();
  mkdirSync(join(dir.path, "below"));
  writeFileSync(join(dir.path, "cgroup.procs"), "12\n0\n7\n");
  writeFileSync(join(dir.path, "below/cgroup.procs"), "31\n");
  t.deepEqual(readPids({ version: 2, dir: dir.path }), [12, 7, 31]);
  t.deepEqual(readPids({ version: 1, dirs: new Map([["pids", dir.path]]) }), [12, 7, 31]);
});

test("readPids – none – the cgroup is gone", (t) => {
  t.deepEqual(readPids({ version: 2, dir: "/nonexistent" }), []);
  t.deepEqual(readPids({ version: 1, dirs: new Map([["pids", "/nonexistent"]]) }), []);
});
