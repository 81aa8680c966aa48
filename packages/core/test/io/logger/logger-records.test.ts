import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, existsSync } from "node:fs";
import test from "ava";
import { endRecordedLoggers, recordLogger } from "../../../src/io/logger/logger-records.ts";
import { TempDir } from "../../_support/temp-dir.ts";
import { until } from "../../_support/until.ts";

/** Starts a logger as if another daemon had left it; it is ready when it has created its file. */
async function startLogger(dir: TempDir, script: string) {
  const child = spawn("sh", ["-c", `${script.replace("READY", "touch ready")}`], { cwd: dir.path, detached: true });
  await until(() => existsSync(dir.join("ready")), "the logger is ready");
  const ended = once(child, "exit");
  return { pid: child.pid ?? -1, ended };
}

test("recorded loggers – none – no bundle, no record, a line that was cut off", async (t) => {
  using dir = new TempDir();
  t.deepEqual(await endRecordedLoggers(dir.join("none"), { timeoutMs: 300 }), []);
  t.deepEqual(await endRecordedLoggers(dir.path, { timeoutMs: 300 }), []);
  appendFileSync(dir.join("dunnage.loggers"), "12");
  t.deepEqual(await endRecordedLoggers(dir.path, { timeoutMs: 300 }), []);
});

test("recorded loggers – SIGTERM, if it does not end by itself", async (t) => {
  using dir = new TempDir();
  const { pid, ended } = await startLogger(dir, "trap 'exit 9' TERM; READY; while :; do sleep 0.01; done");
  recordLogger(dir.path, pid);
  t.deepEqual(await endRecordedLoggers(dir.path, { timeoutMs: 6000 }), [pid]);
  t.deepEqual(await ended, [9, null]);
  t.deepEqual(await endRecordedLoggers(dir.path, { timeoutMs: 300 }), []);
});

test("recorded loggers – SIGKILL at last", async (t) => {
  using dir = new TempDir();
  const { pid, ended } = await startLogger(dir, "trap '' TERM; READY; while :; do sleep 0.01; done");
  recordLogger(dir.path, pid);
  t.deepEqual(await endRecordedLoggers(dir.path, { timeoutMs: 300 }), [pid]);
  t.deepEqual(await ended, [null, "SIGKILL"]);
});

test("recorded loggers – another process has the pid by now – is left alone", async (t) => {
  using dir = new TempDir();
  const { pid, ended } = await startLogger(dir, "READY; exec sleep 1000");
  appendFileSync(dir.join("dunnage.loggers"), `${pid} 1\n${process.pid} 1\n`);
  t.deepEqual(await endRecordedLoggers(dir.path, { timeoutMs: 300 }), []);
  process.kill(pid, "SIGKILL");
  t.deepEqual(await ended, [null, "SIGKILL"]);
});
