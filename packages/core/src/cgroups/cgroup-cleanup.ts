import { readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join, normalize } from "node:path";
import { setImmediate, setTimeout } from "node:timers/promises";
import { invalidArgument } from "../errors/errors.ts";
import { parseMountinfo } from "../native/mountinfo.ts";
import { stepLength, walkTree } from "./walk-tree.ts";

/**
 * Removes the cgroups of a container, of every controller (v1, hybrid, v2). `cgroupsPath` is `linux.cgroupsPath` of its
 * specification, for the cgroupfs driver: an absolute path below each hierarchy's mount point. Processes that still run
 * in the cgroups get SIGKILL. This is for a container that its runtime does not know any more, or never knew. Nothing
 * outside that path is touched.
 *
 * Does nothing for an empty path, a relative path, or one of the systemd driver (`slice:prefix:name`): there the
 * runtime chose the place. Resolves with the directories that still exist after `timeoutMs`: normally none.
 * @throws {StatusError} InvalidArgument – the path names a whole hierarchy or leaves it, or the caller itself is in it.
 */
export async function removeCgroups(
  cgroupsPath: string,
  options: { readonly timeoutMs: number },
): Promise<readonly string[]> {
  if (!cgroupsPath.startsWith("/")) return [];
  const roots = hierarchies().map((mountPoint) => join(mountPoint, toSafePath(cgroupsPath)));
  const deadline = performance.now() + options.timeoutMs;
  for (;;) {
    const left = await treesOf(roots);
    if (left.length === 0) return [];
    const remaining = await empty(left);
    if (remaining.length === 0) return [];
    if (performance.now() >= deadline) return remaining;
    await setTimeout(20);
  }
}

function toSafePath(cgroupsPath: string): string {
  const path = normalize(cgroupsPath).replace(/\/+$/, "");
  if (path === "" || cgroupsPath.split("/").includes("..")) {
    throw invalidArgument(`cgroups path ${JSON.stringify(cgroupsPath)} does not name the cgroup of a container`);
  }
  return path;
}

function hierarchies(): string[] {
  const mounts = parseMountinfo(readFileSync("/proc/self/mountinfo", "utf8"));
  const cgroups = mounts.filter((mount) => mount.type === "cgroup" || mount.type === "cgroup2");
  return [...new Set(cgroups.map((mount) => mount.mountPoint))];
}

/** Returns the directories and all those below them, deepest first. A directory that does not exist is skipped. */
async function treesOf(roots: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const root of roots) for await (const dir of walkTree(root)) found.push(dir);
  return found.reverse();
}

/** Kills the processes in the cgroups, and removes the cgroups. Resolves with those that still exist. */
async function empty(dirs: readonly string[]): Promise<readonly string[]> {
  const pids = new Set<number>();
  await inSteps(dirs, (dir) => {
    for (const pid of readProcesses(dir)) pids.add(pid);
  });
  if (pids.has(process.pid)) throw invalidArgument(`this process is in the cgroup ${dirs.at(-1)}`);
  await inSteps([...pids], end);
  // A frozen process does not act on its signal.
  if (pids.size > 0) await inSteps(dirs, thaw);
  const remaining: string[] = [];
  await inSteps(dirs, (dir) => {
    if (!removeDirectory(dir)) remaining.push(dir);
  });
  return remaining;
}

/** Calls `step` for each item. The event loop gets a turn after every 64 items. */
async function inSteps<T>(items: readonly T[], step: (item: T) => void): Promise<void> {
  for (const [i, item] of items.entries()) {
    step(item);
    if (i % stepLength === stepLength - 1) await setImmediate();
  }
}

function end(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended.
  }
}

function readProcesses(dir: string): number[] {
  try {
    // 0: a process in another pid namespace, which has no pid in ours.
    return readFileSync(join(dir, "cgroup.procs"), "utf8")
      .split("\n")
      .map(Number)
      .filter((pid) => pid > 1);
  } catch {
    return []; // gone, or a threaded cgroup: its parent lists the processes
  }
}

function thaw(dir: string): void {
  for (const [file, value] of [
    ["freezer.state", "THAWED"],
    ["cgroup.freeze", "0"],
  ] as const) {
    try {
      writeFileSync(join(dir, file), value, { flag: "r+" });
    } catch {
      // Not the freezer's hierarchy, or gone.
    }
  }
}

function removeDirectory(dir: string): boolean {
  try {
    rmdirSync(dir);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT";
  }
}
