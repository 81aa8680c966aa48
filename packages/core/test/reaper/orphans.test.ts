import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync } from "node:fs";
import test from "ava";
import { listChildren, readProcess } from "../../src/native/proc.ts";
import { readAll, spawnShell } from "../_support/child.ts";
import { OpenReaper } from "../_support/open-reaper.ts";
import { until } from "../_support/until.ts";

const sleepSync = (ms: number): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
const exitCode = async (child: ChildProcess): Promise<number> => (await once(child, "exit"))[0];
const spawnLibuv = (script: string): ChildProcess => spawn("/bin/sh", ["-c", script], { stdio: "ignore" });

test.serial("orphans – leave no zombie – a thousand of them", async (t) => {
  using open = new OpenReaper(50);
  const script = "i=0; while [ $i -lt 1000 ]; do (exit 3 &); i=$((i + 1)); done";
  t.is((await open.reaper.wait(spawnShell(open.libc, script))).exitStatus, 0);
  await until(() => listChildren().length === 0);
  t.is(open.libc.peekZombie(), undefined);
});

test.serial("orphans – are left alone – until two looks have seen them", async (t) => {
  using open = new OpenReaper(60_000);
  const pid = spawnShell(open.libc, "exit 3");
  while (!open.libc.isZombie(pid));
  for (let count = 0; count < 5; count += 1) open.reaper.reap();
  t.true(open.libc.isZombie(pid));
  t.is((await open.reaper.wait(pid)).exitStatus, 3);
});

test.serial("child_process – has its exit event and code – among orphans and commands", async (t) => {
  using open = new OpenReaper(20);
  const storm = open.reaper.wait(spawnShell(open.libc, "i=0; while [ $i -lt 200 ]; do (exit 3 &); i=$((i + 1)); done"));
  const codes = await Promise.all(Array.from({ length: 40 }, (_, code) => exitCode(spawnLibuv(`exit ${code}`))));
  t.deepEqual(
    codes,
    Array.from({ length: 40 }, (_, code) => code),
  );
  t.is(spawnSync("/bin/sh", ["-c", "exit 9"]).status, 9);
  await storm;
  await until(() => listChildren().length === 0);
});

test.serial("child_process – has its exit event – the event loop was busy for longer than the grace", async (t) => {
  using open = new OpenReaper(20);
  const exited = Promise.withResolvers<number>();
  // Timers that expire during a timer's callback run before the loop turns and libuv sees its child.
  setTimeout(() => {
    const child = spawnLibuv("exit 7");
    child.once("exit", exited.resolve);
    while (!open.libc.isZombie(child.pid ?? 0)) sleepSync(1);
    open.reaper.reap();
    sleepSync(200);
    open.reaper.reap();
  }, 1);
  t.is(await exited.promise, 7);
});

test.serial("hold – remembers the exit of an unknown pid – it was reaped before the pid is known", async (t) => {
  using open = new OpenReaper(10);
  using _hold = open.reaper.hold();
  const fd = open.libc.memfd("pid");
  const argv = ["sh", "-c", "sh -c 'echo $$; exit 42' &"];
  await open.reaper.wait(open.libc.spawn("/bin/sh", argv, ["PATH=/bin"], { dup2: [[fd, 1]] }));
  await until(() => readAll(fd).endsWith("\n") && listChildren().length === 0);
  const pid = Number(readAll(fd));
  closeSync(fd);
  t.is(readProcess(pid), undefined);
  t.is((await open.reaper.wait(pid)).exitStatus, 42);
  t.deepEqual(open.log.messages("warn"), []);
});
