import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = "/sys/fs/cgroup";

/** Hierarchies of cgroup v1 that list a container's processes, the most usual first. */
const v1Controllers = ["pids", "devices", "memory", "freezer", "cpu"];

/**
 * Returns the directory of the cgroup that lists the processes beside `pid`: the unified hierarchy where there is only that one,
 * else a controller's of v1. Undefined: the process is gone, is in the root cgroup, which is everybody's, or none is mounted in the usual place.
 * @see cgroups(7), /proc/PID/cgroup
 */
export function findCgroup(pid: number): string | undefined {
  const paths = readPaths(pid);
  if (existsSync(join(root, "cgroup.controllers"))) {
    const path = paths.get("");
    return path === undefined || path === "/" ? undefined : join(root, path);
  }
  for (const controller of v1Controllers) {
    const path = paths.get(controller);
    if (path !== undefined && path !== "/" && existsSync(join(root, controller, path)))
      return join(root, controller, path);
  }
  return undefined;
}

/** Returns the pids of all processes in a cgroup and in those below it; none if it is gone. */
export function readPids(dir: string): number[] {
  try {
    const own = readFileSync(join(dir, "cgroup.procs"), "utf8").split("\n").map(Number);
    const below = readdirSync(dir, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    // 0: a process of another pid namespace, which cannot be named here.
    return [...own.filter((pid) => pid > 0), ...below.flatMap((entry) => readPids(join(dir, entry.name)))];
  } catch {
    return [];
  }
}

/** Controller → path. The unified hierarchy has the empty name. */
function readPaths(pid: number): Map<string, string> {
  const paths = new Map<string, string>();
  for (const line of readCgroupFile(pid).split("\n")) {
    const [, controllers, ...path] = line.split(":");
    for (const controller of controllers?.split(",") ?? []) paths.set(controller, path.join(":"));
  }
  return paths;
}

function readCgroupFile(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cgroup`, "utf8");
  } catch {
    return "";
  }
}
