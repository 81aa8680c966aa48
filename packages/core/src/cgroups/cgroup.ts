import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const mountPoint = "/sys/fs/cgroup";

/**
 * Where the kernel accounts the processes of a container: one directory of the unified hierarchy, or one directory for
 * each controller. A host with controllers in both, the hybrid layout, counts as version 1. Plain data.
 */
export type Cgroup =
  | { readonly version: 1; readonly dirs: Readonly<Record<string, string>> }
  | { readonly version: 2; readonly dir: string };

/** Controllers of version 1 whose directories list a container's processes, the most common first. */
const listing = ["pids", "devices", "memory", "freezer", "cpu"];

/**
 * Returns the cgroup of `pid`, read from `/proc/PID/cgroup`. Undefined if
 * - the process is gone,
 * - it is in the root cgroup, which all processes share,
 * - it is still in the cgroup of this process, because its runtime created none, or
 * - no hierarchy is mounted in the usual place.
 * @see cgroups(7)
 */
export function findCgroup(pid: number): Cgroup | undefined {
  return locateCgroup(readCgroupFile(pid), mountPoint, readCgroupFile("self"));
}

/**
 * Like `findCgroup`, given the text of `/proc/PID/cgroup`, the directory under which the hierarchies are mounted, and
 * the text for this process.
 */
export function locateCgroup(text: string, root: string, self = ""): Cgroup | undefined {
  const [paths, shared] = [parsePaths(text), parsePaths(self)];
  const isOwn = (controller: string, path: string): boolean => path !== "/" && path !== shared.get(controller);
  if (existsSync(join(root, "cgroup.controllers"))) {
    const path = paths.get("");
    return path === undefined || !isOwn("", path) ? undefined : { version: 2, dir: join(root, path) };
  }
  const own = [...paths].filter(([controller, path]) => controller !== "" && isOwn(controller, path));
  const dirs = own.map(([controller, path]) => [controller, join(root, controller, path)] as const);
  const cgroup = { version: 1, dirs: Object.fromEntries(dirs.filter(([, dir]) => existsSync(dir))) } as const;
  return processesDirectory(cgroup) === undefined ? undefined : cgroup;
}

/** Returns the directory whose `cgroup.procs` lists the container's processes. */
export function processesDirectory(cgroup: Cgroup): string | undefined {
  if (cgroup.version === 2) return cgroup.dir;
  const candidates = listing.map((controller) => cgroup.dirs[controller]);
  return candidates.find((dir) => dir !== undefined && existsSync(dir));
}

/** Whether the container's cgroup still exists, in every hierarchy that it was in. */
export function hasCgroup(cgroup: Cgroup): boolean {
  if (cgroup.version === 2) return existsSync(cgroup.dir);
  for (const dir of Object.values(cgroup.dirs)) if (!existsSync(dir)) return false;
  return true;
}

/** `hierarchy:controller,controller:path` per line → controller → path. The unified hierarchy has the empty name. */
function parsePaths(text: string): Map<string, string> {
  const paths = new Map<string, string>();
  for (const line of text.split("\n")) {
    const [, controllers, ...path] = line.split(":");
    for (const controller of controllers?.split(",") ?? []) paths.set(controller, path.join(":"));
  }
  return paths;
}

function readCgroupFile(pid: number | "self"): string {
  try {
    return readFileSync(`/proc/${pid}/cgroup`, "utf8");
  } catch {
    return "";
  }
}
