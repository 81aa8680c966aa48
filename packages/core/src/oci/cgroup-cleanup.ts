import { readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join, normalize } from "node:path";
import { setTimeout } from "node:timers/promises";
import { invalidArgument } from "../errors/errors.ts";
import { parseMountinfo } from "../native/mountinfo.ts";

/**
 * Removes the cgroups of a container, of every controller (v1, hybrid, v2), given `linux.cgroupsPath` of its specification
 * for the cgroupfs driver: an absolute path below each hierarchy's mount point. What still runs in them gets SIGKILL.
 * For a container whose runtime does not know it any more, or never did. Nothing outside that path is touched.
 *
 * Does nothing for an empty path, and for a relative path or one of the systemd driver (`slice:prefix:name`), where the
 * runtime chose the place. Resolves with the directories that are still there after `timeoutMs`: none, normally.
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
    const left = roots.flatMap(treeOf);
    if (left.length === 0) return [];
    endProcesses(left);
    const remaining = left.filter((dir) => !removeDirectory(dir));
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

/** A directory and all below it, deepest first; none if it does not exist. */
function treeOf(dir: string): string[] {
  try {
    const below = readdirSync(dir, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    return [...below.flatMap((entry) => treeOf(join(dir, entry.name))), dir];
  } catch {
    return []; // gone
  }
}

function endProcesses(dirs: readonly string[]): void {
  const pids = new Set(dirs.flatMap(readProcesses));
  if (pids.has(process.pid)) throw invalidArgument(`this process is in the cgroup ${dirs.at(-1)}`);
  for (const pid of pids) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has ended.
    }
  }
  // A frozen process does not take its signal.
  if (pids.size > 0) for (const dir of dirs) thaw(dir);
}

function readProcesses(dir: string): number[] {
  try {
    // 0: a process of another pid namespace, which cannot be named here.
    return readFileSync(join(dir, "cgroup.procs"), "utf8")
      .split("\n")
      .map(Number)
      .filter((pid) => pid > 1);
  } catch {
    return []; // gone, or a threaded cgroup, whose processes its parent lists
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
