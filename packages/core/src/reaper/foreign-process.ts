import { isDescendant, readProcess } from "../native/proc.ts";

/** A process that is no child of this process, so no SIGCHLD reports its end: it is looked at again and again. */
export interface ForeignProcess {
  /** Clock ticks after boot; undefined until the process could be read. */
  startTime: number | undefined;
  /** When it was first seen as a zombie; the clock of `performance.now()`. */
  zombieSince?: number;
}

/** A parent that has not reaped its zombie by then never does. */
const zombieLimitMs = 10_000;

/** Returns whether the process has yet to end, and notes what was seen of it. */
export function isForeignAlive(pid: number, foreign: ForeignProcess): boolean {
  const found = readProcess(pid);
  if (found === undefined || found.state === "X") return false;
  foreign.startTime ??= found.startTime;
  if (found.startTime !== foreign.startTime) return false;
  if (found.state !== "Z") return true;
  // A zombie whose parent command still runs becomes our child, with its status, when that command exits.
  foreign.zombieSince ??= performance.now();
  return isDescendant(found) && performance.now() - foreign.zombieSince < zombieLimitMs;
}
