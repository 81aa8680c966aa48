import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Cgroup, processesDirectory } from "./cgroup.ts";
import { walkTree } from "./walk-tree.ts";

/**
 * Returns the pids of all processes in a cgroup and in those below it; none if it is gone. The event loop goes on meanwhile:
 * a container may make any number of cgroups.
 */
export async function readPids(cgroup: Cgroup): Promise<number[]> {
  const dir = processesDirectory(cgroup);
  const pids: number[] = [];
  if (dir !== undefined) for await (const each of walkTree(dir)) pids.push(...readOwnPids(each));
  return pids;
}

function readOwnPids(dir: string): number[] {
  try {
    // 0: a process of another pid namespace, which cannot be named here.
    return readFileSync(join(dir, "cgroup.procs"), "utf8")
      .split("\n")
      .map(Number)
      .filter((pid) => pid > 0);
  } catch {
    return []; // gone, or a threaded cgroup, whose processes its parent lists
  }
}
