import { closeSync } from "node:fs";
import { setImmediate as turn } from "node:timers/promises";
import test from "ava";
import { listChildren, readProcess } from "../../src/native/proc.ts";
import type { Exit } from "../../src/reaper/exit.ts";
import { unknownExitStatus } from "../../src/reaper/reaper.ts";
import { ended, readAll, spawnShell } from "../_support/child.ts";
import { OpenReaper } from "../_support/open-reaper.ts";
import { until } from "../_support/until.ts";

const kill = (pid: number): boolean => process.kill(pid, "SIGKILL");

test.serial("reaper – reports every exit code – 256 children at once", async (t) => {
  using open = new OpenReaper();
  const pids = Array.from({ length: 256 }, (_, code) => spawnShell(open.libc, `exit ${code}`));
  const exits = await Promise.all(pids.map((pid) => open.reaper.wait(pid)));
  t.deepEqual(
    exits.map(({ pid, exitStatus }) => [pid, exitStatus]),
    pids.map((pid, code) => [pid, code]),
  );
  t.true(exits.every(({ exitedAt }) => Math.abs(Date.now() - exitedAt.getTime()) < 120_000));
  t.deepEqual(listChildren(), []);
});

test.serial("reaper – reports 128 + number – ended by a signal", async (t) => {
  using open = new OpenReaper();
  for (const number of [1, 9, 11, 15, 64]) {
    const exit = await open.reaper.wait(spawnShell(open.libc, `ulimit -c 0; kill -${number} $$`));
    t.is(exit.exitStatus, 128 + number);
  }
});

test.serial("reaper – reports in the turn of the reaping – a running child ends", async (t) => {
  using open = new OpenReaper();
  const pid = spawnShell(open.libc, "exec sleep 600");
  const exits: Exit[] = [];
  open.reaper.watch(pid, (exit) => exits.push(exit));
  open.reaper.watch(pid, (exit) => exits.push(exit));
  kill(pid);
  while (!open.libc.isZombie(pid));
  t.is(exits.length, 0);
  open.reaper.reap();
  t.deepEqual(
    exits.map(({ exitStatus }) => exitStatus),
    [137, 137],
  );
  open.reaper.reap();
  await turn();
  t.is(exits.length, 2);
});

test.serial("reaper – reports in a microtask – the child ended before it is watched", async (t) => {
  using open = new OpenReaper();
  const pid = spawnShell(open.libc, "exit 3");
  while (!open.libc.isZombie(pid));
  const exits: Exit[] = [];
  open.reaper.watch(pid, (exit) => exits.push(exit));
  t.is(exits.length, 0);
  await Promise.resolve();
  t.is(exits[0]?.exitStatus, 3);
  t.is((await open.reaper.wait(pid)).exitStatus, 3);
});

test.serial("reaper – finds registered children – an unknown zombie is always the first", async (t) => {
  using open = new OpenReaper(60_000);
  const unknown = spawnShell(open.libc, "exit 1");
  while (!open.libc.isZombie(unknown));
  const exits: number[] = [];
  const pids = [4, 5].map((code) => spawnShell(open.libc, `exit ${code}`));
  for (const pid of pids) open.reaper.watch(pid, (exit) => exits.push(exit.exitStatus));
  await until(() => exits.length === 2);
  t.deepEqual(exits.sort(), [4, 5]);
  t.is(open.libc.peekZombie(), unknown);
  await ended(open.libc, unknown);
});

test.serial(
  "reaper – no longer tells who has disposed of the watch – the other watcher, and the zombie, are served",
  async (t) => {
    using open = new OpenReaper();
    const pid = spawnShell(open.libc, "exit 4");
    const exits: number[] = [];
    open.reaper.watch(pid, () => t.fail())[Symbol.dispose]();
    open.reaper.watch(pid, (exit) => exits.push(exit.exitStatus));
    await until(() => exits.length === 1, "the exit");
    t.deepEqual(exits, [4]);
  },
);

test.serial(
  "reaper – continues, and calls again who has failed – a listener throws or watches another pid",
  async (t) => {
    using open = new OpenReaper();
    const exits: number[] = [];
    const calls: number[] = [];
    const [first = 0, second = 0] = [spawnShell(open.libc, "exec sleep 600"), spawnShell(open.libc, "exec sleep 600")];
    open.reaper.watch(first, ({ exitStatus }) => {
      if (calls.push(exitStatus) > 2) return;
      if (calls.length === 1) open.reaper.watch(second, (exit) => exits.push(exit.exitStatus));
      throw new Error("listener");
    });
    open.reaper.watch(first, (exit) => exits.push(exit.exitStatus));
    for (const pid of [first, second]) kill(pid);
    await until(() => exits.length === 2 && calls.length === 3);
    t.deepEqual(
      [exits, calls],
      [
        [137, 137],
        [137, 137, 137],
      ],
    );
    t.deepEqual(open.log.messages("error"), ["exit listener failed", "exit listener failed"]);
  },
);

test.serial("reaper – notices every end – it has no descriptor to look with for a while", async (t) => {
  using open = new OpenReaper(20);
  const [parent, child] = await parentAndChild(open);
  const own = spawnShell(open.libc, "exec sleep 600");
  const exits: number[] = [];
  const limit = open.libc.openFilesLimit();
  try {
    open.libc.setOpenFilesLimit({ ...limit, soft: 3 });
    for (const pid of [child, own]) open.reaper.watch(pid, (exit) => exits.push(exit.pid));
    await until(() => open.log.messages("error").includes("looking for exits failed"));
    for (const pid of [child, own]) kill(pid);
    await until(() => exits.includes(own));
  } finally {
    open.libc.setOpenFilesLimit(limit);
  }
  await until(() => exits.length === 2);
  t.deepEqual(exits, [own, child]);
  kill(parent);
  await open.reaper.wait(parent);
});

test.serial("reaper – reports 255 and warns – another one took the exit", async (t) => {
  using open = new OpenReaper();
  const pid = spawnShell(open.libc, "exec sleep 600");
  const exit = open.reaper.wait(pid);
  kill(pid);
  while (open.libc.waitPid(pid) === undefined);
  t.is((await exit).exitStatus, unknownExitStatus);
  t.deepEqual(open.log.messages("warn"), ["exit status is unknown, the process was not a child"]);
});

test.serial("reaper – reports 255 and warns – there is no such process", async (t) => {
  using open = new OpenReaper();
  t.is((await open.reaper.wait(2 ** 22 + 1)).exitStatus, unknownExitStatus);
  t.is(open.log.messages("warn").length, 1);
});

/** Starts a shell that keeps a child of its own; the child's pid is the second one returned. */
async function parentAndChild(
  open: OpenReaper,
  script = "sleep 600 & echo $!; wait; exec sleep 600",
): Promise<[number, number]> {
  const fd = open.libc.memfd("pid");
  const argv = ["sh", "-c", script];
  const parent = open.libc.spawn("/bin/sh", argv, ["PATH=/bin"], { dup2: [[fd, 1]] });
  await until(() => readAll(fd).endsWith("\n"));
  const child = Number(readAll(fd));
  closeSync(fd);
  return [parent, child];
}

test.serial("reaper – reports 255 when the process is gone – it was another process's child", async (t) => {
  using open = new OpenReaper(20);
  const [parent, child] = await parentAndChild(open);
  const exits: Exit[] = [];
  open.reaper.watch(child, (exit) => exits.push(exit));
  await new Promise((resolve) => setTimeout(resolve, 100));
  t.deepEqual(exits, []);
  kill(child);
  await until(() => exits.length === 1);
  t.is(exits[0]?.exitStatus, unknownExitStatus);
  kill(parent);
  await open.reaper.wait(parent);
});

test.serial("reaper – reports the true status – another process's child was adopted", async (t) => {
  using open = new OpenReaper(20);
  const [parent, child] = await parentAndChild(open);
  const exit = open.reaper.wait(child);
  kill(parent);
  await open.reaper.wait(parent);
  await until(() => readProcess(child)?.ppid === process.pid);
  process.kill(child, "SIGTERM");
  t.is((await exit).exitStatus, 143);
  t.deepEqual(open.log.messages("warn"), []);
});

test.serial("reaper – reports the true status – a command that ends later left its child a zombie", async (t) => {
  using open = new OpenReaper(20);
  // The child exits when its parent is no longer a shell, which would reap it.
  const script = "(until grep -q sleep /proc/$$/comm; do :; done; exit 6) & echo $!; exec sleep 600";
  const [parent, child] = await parentAndChild(open, script);
  const exits: Exit[] = [];
  open.reaper.watch(child, (exit) => exits.push(exit));
  await until(() => readProcess(child)?.state === "Z");
  await new Promise((resolve) => setTimeout(resolve, 100));
  t.deepEqual(exits, []);
  kill(parent);
  await open.reaper.wait(parent);
  await until(() => exits.length === 1);
  t.is(exits[0]?.exitStatus, 6);
  t.deepEqual(open.log.messages("warn"), []);
});

test.serial("reaper – is silent – after it was disposed", async (t) => {
  const open = new OpenReaper(10);
  const pid = spawnShell(open.libc, "exec sleep 600");
  open.reaper.watch(pid, () => t.fail());
  const listeners = process.listenerCount("SIGCHLD");
  open[Symbol.dispose]();
  t.is(process.listenerCount("SIGCHLD"), listeners - 1);
  kill(pid);
  await ended(open.libc, pid);
  await turn();
});
