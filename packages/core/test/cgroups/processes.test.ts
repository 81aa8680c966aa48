import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { readPids } from "../../src/cgroups/processes.ts";
import { walkTree } from "../../src/cgroups/walk-tree.ts";
import { TempDir } from "../_support/temp-dir.ts";

test("readPids – cgroups below count, processes of other pid namespaces do not", async (t) => {
  using dir = new TempDir();
  mkdirSync(join(dir.path, "below"));
  writeFileSync(join(dir.path, "cgroup.procs"), "12\n0\n7\n");
  writeFileSync(join(dir.path, "below/cgroup.procs"), "31\n");
  t.deepEqual(await readPids({ version: 2, dir: dir.path }), [12, 7, 31]);
  t.deepEqual(await readPids({ version: 1, dirs: { pids: dir.path } }), [12, 7, 31]);
});

test("readPids – none – the cgroup is gone", async (t) => {
  t.deepEqual(await readPids({ version: 2, dir: "/nonexistent" }), []);
  t.deepEqual(await readPids({ version: 1, dirs: { pids: "/nonexistent" } }), []);
});

test("readPids – thousands of cgroups – the event loop turns meanwhile", async (t) => {
  using dir = new TempDir();
  for (let i = 1; i <= 1500; i++) {
    mkdirSync(join(dir.path, String(i)));
    writeFileSync(join(dir.path, String(i), "cgroup.procs"), `${i}\n`);
  }
  let turns = 0;
  const count = (): void => {
    turns += 1;
    turn = setImmediate(count);
  };
  let turn = setImmediate(count);
  const pids = await readPids({ version: 2, dir: dir.path });
  clearImmediate(turn);
  t.deepEqual(
    pids.sort((a, b) => a - b),
    Array.from({ length: 1500 }, (_, i) => i + 1),
  );
  t.true(turns > 10, `${turns} turns`);
});

test("readPids – thousands of cgroups in one directory – its names are read in parts", async (t) => {
  using dir = new TempDir();
  for (let i = 1; i <= 1500; i++) mkdirSync(join(dir.path, String(i)));
  writeFileSync(join(dir.path, "1500", "cgroup.procs"), "7\n");
  let turns = 0;
  const count = (): void => {
    turns += 1;
    turn = setImmediate(count);
  };
  let turn = setImmediate(count);
  const walk = walkTree(dir.path);
  await walk.next(); // the directory itself, once its names are known
  clearImmediate(turn);
  t.true(turns > 10, `${turns} turns`);
  t.deepEqual(await readPids({ version: 2, dir: dir.path }), [7]);
});

test("readPids – more processes in a cgroup than a call takes arguments – are all returned", async (t) => {
  using dir = new TempDir();
  const pids = Array.from({ length: 300_000 }, (_, i) => i + 1);
  writeFileSync(join(dir.path, "cgroup.procs"), pids.join("\n"));
  t.is((await readPids({ version: 2, dir: dir.path })).length, 300_000);
});
