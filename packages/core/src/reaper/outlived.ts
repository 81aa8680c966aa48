import { readdirSync, readlinkSync, type Stats, statSync } from "node:fs";
import { join } from "node:path";
import { setImmediate, setTimeout } from "node:timers/promises";
import { isRunning, type ProcessStat, readProcess, signalIfPresent } from "../native/proc.ts";
import { commandLockFd, commandLockName } from "./command-lock.ts";

/**
 * Ends the commands of a container (OCI commands and mount(8)) that outlived their daemon, and what they have started
 * (`runc init`, hooks): every process that has the bundle's lock file as `commandLockFd` gets SIGKILL, with all its
 * descendants. A process that its command has already left behind is not among them: the runtime's `delete` ends it.
 * Resolves with the pids when all are gone, or after `timeoutMs` (a process may hang in the kernel). Never ends the
 * caller.
 */
export async function endOutlivedCommands(
  bundle: string,
  options: { readonly timeoutMs: number },
): Promise<readonly number[]> {
  const lock = statSync(join(bundle, commandLockName), { throwIfNoEntry: false });
  if (!lock) return [];
  const ended = new Map<number, ProcessStat>();
  const deadline = performance.now() + options.timeoutMs;
  for (;;) {
    const holders = await findHolders(lock);
    // Once stopped, they start no more children while their descendants are being collected.
    for (const pid of holders) signalIfPresent(pid, "SIGSTOP");
    for (const process of withDescendants(holders)) {
      ended.set(process.pid, process);
      signalIfPresent(process.pid, "SIGKILL");
    }
    const isOver = holders.length === 0 && ![...ended.values()].some((found) => isRunning(found));
    if (isOver || performance.now() >= deadline) return [...ended.keys()];
    await setTimeout(10);
  }
}

async function findHolders(lock: Stats): Promise<number[]> {
  const holders: number[] = [];
  for (const [index, pid] of listPids().entries()) {
    // This takes some microseconds per process; a busy host has thousands of processes.
    if (index % 64 === 63) await setImmediate();
    if (pid !== process.pid && holds(pid, lock)) holders.push(pid);
  }
  return holders;
}

function holds(pid: number, lock: Stats): boolean {
  const path = `/proc/${pid}/fd/${commandLockFd}`;
  try {
    // Check the name first: stat of a descriptor on a dead network file system hangs.
    if (!readlinkSync(path).includes(`/${commandLockName}`)) return false;
    const file = statSync(path);
    return file.dev === lock.dev && file.ino === lock.ino;
  } catch {
    return false; // no such descriptor, or the process is gone
  }
}

function withDescendants(roots: readonly number[]): ProcessStat[] {
  if (roots.length === 0) return [];
  const processes = listPids()
    .map((pid) => readProcess(pid))
    .filter((found) => found !== undefined);
  const byParent = Map.groupBy(processes, (found) => found.ppid);
  const family = processes.filter((found) => roots.includes(found.pid));
  // Grows while it is iterated.
  for (const found of family) {
    family.push(...(byParent.get(found.pid) ?? []).filter((child) => !family.includes(child)));
  }
  return family.filter((found) => found.pid !== process.pid);
}

function listPids(): number[] {
  return readdirSync("/proc").map(Number).filter(Number.isInteger);
}
