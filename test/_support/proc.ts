import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { hasEnded } from "../../packages/core/src/native/proc.ts";

/** The state of a process, from /proc. */
export interface ProcessStatus {
  readonly pid: number;
  readonly ppid: number;
  /** One letter: R, S, D, Z, T … */
  readonly state: string;
  /** In clock ticks since boot. Together with the pid it identifies a process uniquely. */
  readonly startTime: number;
  /** Words of the command line; empty for a zombie and for kernel threads. */
  readonly argv: readonly string[];
}

/** Reads one process; undefined if it does not exist. @see proc_pid_stat(5) */
export function readProcess(pid: number): ProcessStatus | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const argv = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").slice(0, -1);
    return { pid, state: fields[0] ?? "", ppid: Number(fields[1]), startTime: Number(fields[19]), argv };
  } catch {
    return undefined;
  }
}

/** Returns whether the process exists and is not a zombie. */
export function isAlive(pid: number): boolean {
  const found = readProcess(pid);
  return found !== undefined && !hasEnded(found);
}

/** Reads all current processes. */
export function readProcesses(): readonly ProcessStatus[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readProcess(Number(name)) ?? []);
}

/** Returns the descendants of `pid`, at any depth. */
export function readDescendants(pid: number): readonly ProcessStatus[] {
  const all = readProcesses();
  const found = new Set([pid]);
  for (let before = 0; before !== found.size; ) {
    before = found.size;
    for (const each of all) if (found.has(each.ppid)) found.add(each.pid);
  }
  found.delete(pid);
  return all.filter((each) => found.has(each.pid));
}

/** Returns whether `text` is in the command line, the environment or the cgroup of the process. */
export function mentions(pid: number, text: string): boolean {
  return ["cmdline", "environ", "cgroup"].some((name) => {
    try {
      return readFileSync(`/proc/${pid}/${name}`, "latin1").includes(text);
    } catch {
      return false;
    }
  });
}

/** Returns the target of each open descriptor of the process, by number. */
export function readFds(pid: number): ReadonlyMap<number, string> {
  const fds = new Map<number, string>();
  for (const name of readdirSync(`/proc/${pid}/fd`)) {
    try {
      fds.set(Number(name), readlinkSync(`/proc/${pid}/fd/${name}`));
    } catch {
      // closed since the directory was read
    }
  }
  return fds;
}

/** Returns the mount points that begin with `prefix`, the innermost last. */
export function readMounts(prefix: string): readonly string[] {
  return readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .map((line) => line.split(" ")[4] ?? "")
    .filter((path) => path.startsWith(prefix));
}

/** Returns the directories of the cgroup `name` in every hierarchy, as absolute paths. */
export function findCgroups(name: string): readonly string[] {
  return readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .filter((line) => / - cgroup2? /.test(line))
    .map((line) => `${line.split(" ")[4]}/${name}`)
    .filter((path) => {
      try {
        return readdirSync(path).length > 0;
      } catch {
        return false;
      }
    });
}
