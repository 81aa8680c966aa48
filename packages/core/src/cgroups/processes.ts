import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Cgroup, processesDirectory } from "./cgroup.ts";
import { walkTree } from "./walk-tree.ts";

/**
 * Returns the pids of all processes in a cgroup and in those below it; none if it is gone. The event loop keeps running
 * meanwhile, because a container may create any number of cgroups.
 */
export async function readPids(cgroup: Cgroup): Promise<number[]> {
  const dir = processesDirectory(cgroup);
  const pids: number[] = [];
  if (dir === undefined) return pids;
  for await (const each of walkTree(dir)) for (const pid of readOwnPids(each)) pids.push(pid);
  return pids;
}

function readOwnPids(dir: string): number[] {
  try {
    // 0: a process in another pid namespace, which has no pid in ours.
    return readFileSync(join(dir, "cgroup.procs"), "utf8")
      .split("\n")
      .map(Number)
      .filter((pid) => pid > 0);
  } catch {
    return []; // gone, or a threaded cgroup: its parent lists the processes
  }
}
