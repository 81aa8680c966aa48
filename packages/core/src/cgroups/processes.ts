import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Cgroup, processesDirectory } from "./cgroup.ts";

/** Returns the pids of all processes in a cgroup and in those below it; none if it is gone. */
export function readPids(cgroup: Cgroup): number[] {
  const dir = processesDirectory(cgroup);
  return dir === undefined ? [] : readTree(dir);
}

function readTree(dir: string): number[] {
  try {
    const own = readFileSync(join(dir, "cgroup.procs"), "utf8").split("\n").map(Number);
    const below = readdirSync(dir, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    // 0: a process of another pid namespace, which cannot be named here.
    return [...own.filter((pid) => pid > 0), ...below.flatMap((entry) => readTree(join(dir, entry.name)))];
  } catch {
    return [];
  }
}
