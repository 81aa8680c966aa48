import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Code, type StatusError } from "@dunnage/ttrpc";
import test from "ava";
import { removeCgroups } from "../../src/cgroups/cgroup-cleanup.ts";
import { parseMountinfo } from "../../src/native/mountinfo.ts";

const timeoutMs = 30_000;
const hierarchies = parseMountinfo(readFileSync("/proc/self/mountinfo", "utf8"))
  .filter((mount) => mount.type.startsWith("cgroup"))
  .map((mount) => mount.mountPoint);
const name = `/dunnage-test-cgroup-${process.pid}`;
const dirs = (path: string): string[] => hierarchies.map((mountPoint) => join(mountPoint, path));
const left = (path: string): string[] => dirs(path).filter((dir) => existsSync(dir));

async function openProcess(): Promise<ChildProcess> {
  const child = spawn("sleep", ["1000"], { stdio: "ignore" });
  await once(child, "spawn");
  return child;
}

const ended = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
};

test("removeCgroups – every hierarchy, cgroups below, a process inside – all gone, siblings not", async (t) => {
  const path = `${name}-a`;
  for (const dir of [...dirs(`${path}/sub/deep`), ...dirs(`${path}-sibling`)]) mkdirSync(dir, { recursive: true });
  const child = await openProcess();
  // A new cpuset of v1 accepts no process until it has CPUs.
  const joined = dirs(`${path}/sub`).filter((dir) => !dir.includes("/cpuset/"));
  for (const dir of joined) writeFileSync(join(dir, "cgroup.procs"), String(child.pid));
  t.deepEqual(await removeCgroups(path, { timeoutMs }), []);
  await ended(child);
  t.deepEqual(left(path), []);
  t.is(left(`${path}-sibling`).length, hierarchies.length);
  for (const dir of dirs(`${path}-sibling`)) rmdirSync(dir);
});

test("removeCgroups – a frozen process – ended as well", async (t) => {
  const path = `${name}-frozen`;
  const child = await openProcess();
  for (const dir of dirs(path)) {
    mkdirSync(dir);
    const [file, value] = existsSync(join(dir, "freezer.state")) ? ["freezer.state", "FROZEN"] : ["cgroup.freeze", "1"];
    if (!existsSync(join(dir, file))) continue;
    writeFileSync(join(dir, "cgroup.procs"), String(child.pid));
    writeFileSync(join(dir, file), value);
  }
  t.deepEqual(await removeCgroups(path, { timeoutMs }), []);
  await ended(child);
  t.deepEqual(left(path), []);
});

test("removeCgroups – absent, empty, relative, of the systemd driver – nothing to do", async (t) => {
  for (const path of [`${name}-absent`, "", "relative/path", "system.slice:runc:x"]) {
    t.deepEqual(await removeCgroups(path, { timeoutMs }), []);
  }
});

test("removeCgroups – a path that is no container's – InvalidArgument", async (t) => {
  for (const path of ["/", "//", "/.", "/..", "/a/../..", "/a/..", "/./"]) {
    const error = await t.throwsAsync<StatusError>(removeCgroups(path, { timeoutMs }), undefined, path);
    t.is(error?.code, Code.InvalidArgument);
  }
});

test("removeCgroups – the caller's own cgroup – refused, no process is ended", async (t) => {
  const path = `${name}-own`;
  const dir = dirs(path).find((candidate) => candidate.includes("/pids/")) ?? dirs(path)[0] ?? "";
  mkdirSync(dir);
  const home = readFileSync("/proc/self/cgroup", "utf8").split("\n");
  const own = home.find((line) => line.includes(":pids:") || line.startsWith("0::"))?.split(":")[2] ?? "/";
  writeFileSync(join(dir, "cgroup.procs"), String(process.pid));
  try {
    await t.throwsAsync(removeCgroups(path, { timeoutMs }), { message: /this process is in the cgroup/ });
  } finally {
    writeFileSync(join(dir.slice(0, -path.length), own, "cgroup.procs"), String(process.pid));
    rmdirSync(dir);
  }
});
