import { readFileSync } from "node:fs";
import type { Libc } from "../../native/libc.ts";
import { readProcess, signalIfPresent } from "../../native/proc.ts";

/** Clock ticks per second in /proc; the same for every architecture that Node supports. */
const ticksPerSecond = 100;

/** Pid of the launcher, if it waits for this process instead of becoming it. */
const launcherPid = (): number | undefined => Number(process.env["DUNNAGE_LAUNCHER"]) || undefined;

/** From now on this process is killed when its launcher ends: containerd kills a `delete` that takes too long. */
export function dieWithLauncher(libc: Libc): void {
  const pid = launcherPid();
  if (pid === undefined) return;
  libc.dieWithParent();
  if (process.ppid !== pid) process.kill(process.pid, "SIGKILL");
}

/** Ends the launcher, if it still waits, with status 0 or 1. */
export function notifyLauncher(status: number): void {
  const pid = launcherPid();
  if (pid === process.ppid) signalIfPresent(pid, status === 0 ? "SIGUSR1" : "SIGUSR2");
}

/** Returns the time since containerd executed the launcher, in ms; without a launcher, the age of this process. */
export function sinceLaunchMs(): number {
  const started = readProcess(launcherPid() ?? "self")?.startTime ?? 0;
  const uptime = Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]);
  // Some containers have an uptime of their own.
  return Math.max(performance.now(), (uptime - started / ticksPerSecond) * 1_000);
}
