import { readdirSync, readlinkSync, type Stats, statSync } from "node:fs";
import { join } from "node:path";
import { setImmediate, setTimeout } from "node:timers/promises";
import { commandLockFd, commandLockName } from "./command-lock.ts";

/**
 * Ends the OCI commands of a container that outlived their daemon, with all that they started and that has not become the
 * user's process yet (`runc init`, hooks): every process that has the bundle's lock file as `commandLockFd` gets SIGKILL.
 * Resolves with their pids when none is left, or after `timeoutMs` (a process that hangs in the kernel). Never ends the caller.
 */
export async function endOutlivedCommands(
  bundle: string,
  options: { readonly timeoutMs: number },
): Promise<readonly number[]> {
  const lock = statSync(join(bundle, commandLockName), { throwIfNoEntry: false });
  if (!lock) return [];
  const ended = new Set<number>();
  const deadline = performance.now() + options.timeoutMs;
  for (;;) {
    const holders = await findHolders(lock);
    if (holders.length === 0) return [...ended];
    for (const pid of holders) endProcess(pid, ended);
    if (performance.now() >= deadline) return [...ended];
    await setTimeout(10);
  }
}

async function findHolders(lock: Stats): Promise<number[]> {
  const holders: number[] = [];
  for (const [index, entry] of readdirSync("/proc").entries()) {
    // Some microseconds a process; a busy host has thousands.
    if (index % 64 === 63) await setImmediate();
    const pid = Number(entry);
    if (Number.isInteger(pid) && pid !== process.pid && holds(pid, lock)) holders.push(pid);
  }
  return holders;
}

function holds(pid: number, lock: Stats): boolean {
  const path = `/proc/${pid}/fd/${commandLockFd}`;
  try {
    // The name first: stat of a descriptor on a dead network file system hangs.
    if (!readlinkSync(path).includes(`/${commandLockName}`)) return false;
    const file = statSync(path);
    return file.dev === lock.dev && file.ino === lock.ino;
  } catch {
    return false; // no such descriptor, or the process is gone
  }
}

function endProcess(pid: number, ended: Set<number>): void {
  try {
    process.kill(pid, "SIGKILL");
    ended.add(pid);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
