import { mkdirSync, readlinkSync, symlinkSync, writeFileSync } from "node:fs";
import test from "ava";
import fc from "fast-check";
import type { Libc } from "../../src/native/libc.ts";
import { openKoffiLibc } from "../../src/native/open-libc.ts";
import {
  identify,
  isExiting,
  isRunning,
  listChildren,
  namespaceInode,
  parseProcessStat,
  readProcess,
  signalIfPresent,
} from "../../src/native/proc.ts";
import { ended, spawnShell } from "../_support/child.ts";
import { TempDir } from "../_support/temp-dir.ts";
import { until } from "../_support/until.ts";

const libc: Libc = openKoffiLibc();
const nobody = 2 ** 22 + 1;

test("readProcess – returns this process – self", (t) => {
  const self = readProcess("self");
  t.is(self?.pid, process.pid);
  t.is(self?.ppid, process.ppid);
  t.is(self?.state, "R");
  t.true((self?.startTime ?? 0) > 0);
});

test("readProcess – returns undefined – no such process", (t) => {
  t.is(readProcess(nobody), undefined);
});

test.serial("readProcess – is not confused by the name – blanks and parentheses in it", async (t) => {
  using dir = new TempDir();
  const path = dir.join("a) R (b");
  symlinkSync("/bin/sleep", path);
  const pid = libc.spawn(path, ["sleep", "600"], [], { dup2: [] });
  t.like(readProcess(pid), { pid, ppid: process.pid });
  process.kill(pid, "SIGKILL");
  await until(() => readProcess(pid)?.state === "Z");
  await ended(libc, pid);
  t.is(readProcess(pid), undefined);
});

test.serial("isExiting – false while it runs – true as a zombie and without a process", async (t) => {
  const pid = libc.spawn("/bin/sleep", ["sleep", "600"], [], { dup2: [] });
  t.false(isExiting(pid));
  process.kill(pid, "SIGKILL");
  await until(() => readProcess(pid)?.state === "Z");
  t.true(isExiting(pid));
  await ended(libc, pid);
  t.true(isExiting(pid));
});

test.serial(
  "isRunning – true while it runs – false as a zombie, without a process, for another start time",
  async (t) => {
    const pid = libc.spawn("/bin/sleep", ["sleep", "600"], [], { dup2: [] });
    const identity = identify(pid) ?? { pid, startTime: 0 };
    t.true(isRunning(identity));
    t.false(isRunning({ pid, startTime: identity.startTime + 1 }));
    signalIfPresent(pid, "SIGKILL");
    await until(() => readProcess(pid)?.state === "Z");
    t.false(isRunning(identity));
    await ended(libc, pid);
    t.false(isRunning(identity));
    t.is(identify(pid), undefined);
  },
);

test("signalIfPresent – does nothing – no such process, no such group", (t) => {
  t.notThrows(() => signalIfPresent(nobody, "SIGKILL"));
  t.notThrows(() => signalIfPresent(-nobody, "SIGKILL"));
  t.throws(() => signalIfPresent(process.pid, 1000), { code: "EINVAL" });
});

test("parseProcessStat – finds the fields – whatever the name", (t) => {
  fc.assert(
    fc.property(
      fc.record({
        name: fc.string({ maxLength: 15 }),
        pid: fc.nat(),
        ppid: fc.nat(),
        state: fc.constantFrom(..."RSDZT"),
      }),
      ({ name, pid, ppid, state }) => {
        const fields = [state, ppid, ...Array.from({ length: 17 }, () => -7), 4711, 1, 2];
        const text = `${pid} (${name}) ${fields.join(" ")}\n`;
        t.deepEqual(parseProcessStat(text), { pid, ppid, state, startTime: 4711 });
      },
    ),
  );
});

test("namespaceInode – is the number in the link", (t) => {
  for (const type of ["mnt", "user", "pid"] as const) {
    t.is(readlinkSync(`/proc/self/ns/${type}`), `${type}:[${namespaceInode("self", type)}]`);
    t.is(namespaceInode(process.pid, type), namespaceInode("self", type));
  }
  t.is(namespaceInode(nobody, "mnt"), undefined);
});

test.serial("listChildren – has running children and zombies", async (t) => {
  const pids = [spawnShell(libc, "exit 0"), spawnShell(libc, "exec sleep 600")];
  await until(() => pids.some((pid) => libc.isZombie(pid)));
  t.deepEqual(listChildren().sort(), [...pids].sort());
  process.kill(pids[1] ?? 0, "SIGKILL");
  for (const pid of pids) await ended(libc, pid);
  t.deepEqual(listChildren(), []);
});

test("listChildren – asks every process for its parent – the kernel has no list", (t) => {
  using procfs = new TempDir();
  mkdirSync(procfs.join("self", "task", "10"), { recursive: true });
  const add = (folder: string, pid: number, ppid: number): void => {
    mkdirSync(procfs.join(folder), { recursive: true });
    writeFileSync(procfs.join(folder, "stat"), `${pid} (name) S ${ppid}${" 0".repeat(40)}\n`);
  };
  for (const [folder, pid, ppid] of [
    ["self", 10, 1],
    ["10", 10, 1],
    ["11", 11, 10],
    ["12", 12, 11],
    ["13", 13, 10],
  ] as const)
    add(folder, pid, ppid);
  mkdirSync(procfs.join("14"));
  t.deepEqual(listChildren(procfs.path).sort(), [11, 13]);
});
