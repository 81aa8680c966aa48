import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, constants, existsSync, openSync } from "node:fs";
import test from "ava";
import { CommandLock, commandLockFd } from "../../src/reaper/command-lock.ts";
import { endOutlivedCommands } from "../../src/reaper/outlived.ts";
import { TempDir } from "../_support/temp-dir.ts";

const timeoutMs = 30_000;

/** Starts a process that holds `path` open as descriptor `fd`. */
async function openHolder(path: string, fd: number, script = "echo ready; exec sleep 1000"): Promise<ChildProcess> {
  const stdio = Array.from({ length: fd + 1 }, (_, i) => (i === 1 ? "pipe" : "ignore")) as (
    | number
    | "pipe"
    | "ignore"
  )[];
  const lock = openSync(path, constants.O_RDWR | constants.O_CREAT);
  stdio[fd] = lock;
  const child = spawn("bash", ["-c", script], { stdio });
  closeSync(lock);
  if (child.stdout) await once(child.stdout, "data");
  return child;
}

const isRunning = (child: ChildProcess): boolean => child.exitCode === null && child.signalCode === null;

test("endOutlivedCommands – every holder of this bundle's lock, no other process", async (t) => {
  using dir = new TempDir();
  using other = new TempDir();
  const lock = dir.join("dunnage.lock");
  const commands = [await openHolder(lock, commandLockFd), await openHolder(lock, commandLockFd)];
  // A daemon that runs a command for this bundle holds the lock open as another descriptor.
  const bystanders = [await openHolder(lock, 9), await openHolder(other.join("dunnage.lock"), commandLockFd)];
  const ended = await endOutlivedCommands(dir.path, { timeoutMs });
  t.deepEqual(new Set(ended), new Set(commands.map((child) => child.pid)));
  for (const child of commands) if (isRunning(child)) await once(child, "exit");
  for (const child of bystanders) {
    t.true(isRunning(child));
    child.kill("SIGKILL");
    await once(child, "exit");
  }
});

test("endOutlivedCommands – children that gave the lock up – ended with their parent", async (t) => {
  using dir = new TempDir();
  const script = `(exec ${commandLockFd}>&-; setsid sleep 1000) & echo ready; wait`;
  const command = await openHolder(dir.join("dunnage.lock"), commandLockFd, script);
  const ended = await endOutlivedCommands(dir.path, { timeoutMs });
  t.true(ended.includes(command.pid ?? 0));
  t.true(ended.length >= 2);
  for (const pid of ended) t.true(!existsSync(`/proc/${pid}/exe`) || pid === command.pid);
  if (isRunning(command)) await once(command, "exit");
});

test("endOutlivedCommands – no holder, no lock, no bundle – nothing", async (t) => {
  using dir = new TempDir();
  t.deepEqual(await endOutlivedCommands(dir.path, { timeoutMs }), []);
  new CommandLock(dir.path)[Symbol.dispose]();
  t.deepEqual(await endOutlivedCommands(dir.path, { timeoutMs }), []);
  t.deepEqual(await endOutlivedCommands(dir.join("gone"), { timeoutMs }), []);
});
