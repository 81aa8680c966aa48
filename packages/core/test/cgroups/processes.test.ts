import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { findCgroup, readPids } from "../../src/cgroups/processes.ts";

test("findCgroup – lists the process that was asked for, unless that is in the root cgroup", (t) => {
  const dir = findCgroup(process.pid);
  if (dir === undefined) t.regex(readFileSync("/proc/self/cgroup", "utf8"), /:pids:\/\n|^0::\/\n/m);
  else t.true(readPids(dir).includes(process.pid));
});

test("findCgroup – undefined – no such process", (t) => {
  t.is(findCgroup(2 ** 22 + 1), undefined);
});

test("readPids – cgroups below count, processes of other pid namespaces do not", (t) => {
  const dir = mkdtempSync(join(tmpdir(), "cgroup-"));
  t.teardown(() => rmSync(dir, { recursive: true }));
  mkdirSync(join(dir, "below"));
  writeFileSync(join(dir, "cgroup.procs"), "12\n0\n7\n");
  writeFileSync(join(dir, "below/cgroup.procs"), "31\n");
  t.deepEqual(readPids(dir), [12, 7, 31]);
});

test("readPids – none – the cgroup is gone", (t) => {
  t.deepEqual(readPids("/nonexistent"), []);
});
