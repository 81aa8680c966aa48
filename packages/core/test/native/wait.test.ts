import { readProcess } from "../../src/native/proc.ts";
import { ended, spawnShell } from "../_support/child.ts";
import { eachBackend } from "../_support/each-backend.ts";
import { until } from "../_support/until.ts";

const isGone = (pid: number): boolean => ["Z", undefined].includes(readProcess(pid)?.state);

eachBackend("waitPid – returns the status as it is – every exit code", async (t, libc) => {
  const pids = Array.from({ length: 256 }, (_, code) => spawnShell(libc, `exit ${code}`));
  for (const [code, pid] of pids.entries()) t.deepEqual(await ended(libc, pid), { pid, exitStatus: code });
});

eachBackend("waitPid – returns 128 + number – ended by a signal", async (t, libc) => {
  for (const number of [1, 2, 3, 6, 9, 11, 13, 15, 34, 64]) {
    const pid = spawnShell(libc, `ulimit -c 0; kill -${number} $$`);
    t.is((await ended(libc, pid)).exitStatus, 128 + number);
  }
});

eachBackend("waitPid – returns undefined – the child still runs", async (t, libc) => {
  const pid = spawnShell(libc, "exec sleep 600");
  t.is(libc.waitPid(pid), undefined);
  t.false(libc.isZombie(pid));
  process.kill(pid, "SIGKILL");
  t.is((await ended(libc, pid)).exitStatus, 137);
});

eachBackend("waitPid – throws ECHILD – no child of this process", (t, libc) => {
  t.throws(() => libc.waitPid(1), { name: "LibcError", code: "ECHILD", message: "waitid: ECHILD" });
  t.false(libc.isZombie(1));
});

eachBackend("peekZombie – leaves the zombie – looked at twice", async (t, libc) => {
  t.is(libc.peekZombie(), undefined);
  const pid = spawnShell(libc, "exit 5");
  await until(() => libc.peekZombie() !== undefined);
  t.is(libc.peekZombie(), pid);
  t.true(libc.isZombie(pid));
  t.deepEqual(libc.waitPid(pid), { pid, exitStatus: 5 });
  t.is(libc.peekZombie(), undefined);
  t.false(libc.isZombie(pid));
});

eachBackend("peekZombie – shows the same first zombie – a second one waits behind it", async (t, libc) => {
  const pids = [spawnShell(libc, "exit 1"), spawnShell(libc, "exit 2")];
  await until(() => pids.every((pid) => libc.isZombie(pid)));
  const first = libc.peekZombie();
  t.is(libc.peekZombie(), first);
  for (const pid of pids) await ended(libc, pid);
});

eachBackend("becomeSubreaper – orphans become children", async (t, libc) => {
  libc.becomeSubreaper();
  const parent = spawnShell(libc, "sh -c 'exit 42' & exec true");
  await ended(libc, parent);
  await until(() => libc.peekZombie() !== undefined);
  const orphan = libc.peekZombie() ?? 0;
  t.not(orphan, parent);
  t.true(isGone(orphan));
  t.is(libc.waitPid(orphan)?.exitStatus, 42);
});
