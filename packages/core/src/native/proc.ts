import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { hasErrorCode } from "./libc-error.ts";

/** @see include/linux/sched.h */
const PF_EXITING = 0x4;

/** A process as described by /proc/PID/stat. @see proc_pid_stat(5) */
export interface ProcessStat {
  readonly pid: number;
  readonly ppid: number;
  /** One letter: R, S, D, T, t, Z (zombie), X (dead), I. */
  readonly state: string;
  /** Clock ticks from boot to the start of the process; together with the pid, its identity. */
  readonly startTime: number;
}

/** Identifies one process for as long as the machine runs: a later one with that pid has another start time. */
export type ProcessIdentity = Pick<ProcessStat, "pid" | "startTime">;

/** Returns the identity of a process, also of a zombie; undefined if no process has that pid. */
export function identify(pid: number | "self"): ProcessIdentity | undefined {
  const found = readProcess(pid);
  return found && { pid: found.pid, startTime: found.startTime };
}

/** Returns true if that process exists and has not ended. */
export function isRunning({ pid, startTime }: ProcessIdentity, procfs = "/proc"): boolean {
  const found = readProcess(pid, procfs);
  return found !== undefined && found.startTime === startTime && !hasEnded(found);
}

/** Returns true for a zombie and for a dead process (x: kernels before 3.14). */
export function hasEnded({ state }: Pick<ProcessStat, "state">): boolean {
  return "ZXx".includes(state);
}

/** Sends a signal to a process, or to a group (`-pgid`). Does nothing if it is gone. */
export function signalIfPresent(target: number, signal: NodeJS.Signals | number): void {
  try {
    process.kill(target, signal);
  } catch (error) {
    if (!hasErrorCode(error, "ESRCH")) throw error;
  }
}

/** Returns undefined if there is no such process. */
export function readProcess(pid: number | "self", procfs = "/proc"): ProcessStat | undefined {
  const text = readIfPresent(`${procfs}/${pid}/stat`);
  return text === undefined ? undefined : parseProcessStat(text);
}

/** Fields: pid · (name) · state · ppid · … · starttime, the 22nd. The name may contain blanks and parentheses. */
export function parseProcessStat(text: string): ProcessStat {
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [state = "", ppid] = fields;
  return { pid: Number.parseInt(text, 10), ppid: Number(ppid), state, startTime: Number(fields[19]) };
}

/** True if the process is gone or has begun to exit (PF_EXITING), which happens before its descriptors are closed. */
export function isExiting(pid: number, procfs = "/proc"): boolean {
  const text = readIfPresent(`${procfs}/${pid}/stat`);
  const flags = Number(text?.slice(text.lastIndexOf(")") + 2).split(" ")[6]);
  return text === undefined || (flags & PF_EXITING) !== 0;
}

/**
 * Inode number of a namespace, which is its identity on this machine. Returns undefined if the process is gone.
 *
 * @throws EACCES – this process may not inspect that one.
 * @see namespaces(7)
 */
export function namespaceInode(pid: number | "self", type: "mnt" | "user" | "pid"): number | undefined {
  try {
    return Number(/\d+/.exec(readlinkSync(`/proc/${pid}/ns/${type}`))?.[0]);
  } catch (error) {
    if (hasErrorCode(error, "ENOENT", "ESRCH")) return undefined;
    throw error;
  }
}

/** Whether this process is an ancestor of the given one. */
export function isDescendant({ ppid }: ProcessStat): boolean {
  if (ppid === process.pid) return true;
  const parent = ppid > 1 ? readProcess(ppid) : undefined;
  return parent !== undefined && isDescendant(parent);
}

/**
 * Pids of the children of this process, zombies included, oldest first per thread. Without CONFIG_PROC_CHILDREN, the
 * parent of every process is read.
 */
export function listChildren(procfs = "/proc"): number[] {
  const tasks = readdirSync(`${procfs}/self/task`);
  const lists = tasks.map((task) => readIfPresent(`${procfs}/self/task/${task}/children`));
  if (lists.every((list) => list === undefined)) return scanForChildren(procfs);
  return lists.flatMap((list) => (list ?? "").split(" ").filter(Boolean).map(Number));
}

function scanForChildren(procfs: string): number[] {
  const self = readProcess("self", procfs)?.pid;
  const pids = readdirSync(procfs).filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => readProcess(pid, procfs)?.ppid === self);
}

/** ESRCH: the process ended between open and read. */
function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, "latin1");
  } catch (error) {
    if (hasErrorCode(error, "ENOENT", "ESRCH")) return undefined;
    throw error;
  }
}
