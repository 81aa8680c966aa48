import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import test from "ava";
import { findCgroup, hasCgroup, locateCgroup } from "../../src/cgroups/cgroup.ts";
import { TempDir } from "../_support/temp-dir.ts";

const hybrid = "9:name=systemd:/ns/c\n8:pids:/ns/c\n5:cpu,cpuacct:/ns/a:b\n4:memory:/\n0::/ns/c\n";

test("findCgroup – undefined – a process that shares the caller's cgroup", (t) => {
  t.is(findCgroup(process.pid), undefined);
});

test("findCgroup – undefined – no such process", (t) => {
  t.is(findCgroup(2 ** 22 + 1), undefined);
});

test("locateCgroup – every controller has its own path, the root cgroup belongs to no container – version 1, hybrid too", (t) => {
  using root = new TempDir();
  t.is(locateCgroup(hybrid, root.path), undefined, "nothing is mounted");
  for (const dir of ["pids/ns/c", "cpu/ns/a:b", "cpuacct/ns/a:b"]) mkdirSync(root.join(dir), { recursive: true });
  const cgroup = locateCgroup(hybrid, root.path);
  const dirs = cgroup?.version === 1 ? cgroup.dirs : undefined;
  t.like(dirs, { pids: root.join("pids/ns/c"), cpu: root.join("cpu/ns/a:b"), cpuacct: root.join("cpuacct/ns/a:b") });
  t.false(Object.hasOwn(dirs ?? {}, "memory"));
});

test("locateCgroup – without what is shared with the caller – both versions", (t) => {
  using root = new TempDir();
  for (const dir of ["pids/ns/c", "cpu/ns/a:b"]) mkdirSync(root.join(dir), { recursive: true });
  const cgroup = locateCgroup(hybrid, root.path, "8:pids:/ns\n5:cpu,cpuacct:/ns/a:b\n");
  t.deepEqual(cgroup?.version === 1 && Object.keys(cgroup.dirs), ["pids"]);
  t.is(locateCgroup(hybrid, root.path, hybrid), undefined);
  writeFileSync(root.join("cgroup.controllers"), "cpu memory pids\n");
  t.is(locateCgroup("0::/ns\n", root.path, "0::/ns\n"), undefined);
  t.deepEqual(locateCgroup("0::/ns/c\n", root.path, "0::/ns\n"), { version: 2, dir: root.join("ns/c") });
});

test("locateCgroup – one directory for everything – version 2", (t) => {
  using root = new TempDir();
  writeFileSync(root.join("cgroup.controllers"), "cpu memory pids\n");
  t.deepEqual(locateCgroup("0::/ns/c\n", root.path), { version: 2, dir: root.join("ns/c") });
  t.is(locateCgroup("0::/\n", root.path), undefined);
  t.is(locateCgroup("", root.path), undefined);
});

test("hasCgroup – false – its directory was removed", (t) => {
  using root = new TempDir();
  for (const cgroup of [
    { version: 2, dir: root.join("c") } as const,
    { version: 1, dirs: { pids: root.join("c") } } as const,
  ]) {
    mkdirSync(root.join("c"));
    t.true(hasCgroup(cgroup));
    rmSync(root.join("c"), { recursive: true });
    t.false(hasCgroup(cgroup));
  }
});
