import { readdirSync, readFileSync } from "node:fs";

/** Returns the open descriptors of this process, except that of the directory that is being read. */
export function openFiles(): number[] {
  return readdirSync("/proc/self/fd").map(Number).filter(isOpen);
}

/** Returns the flags of an open descriptor: O_* of open(2). */
export function openFlags(fd: number): number {
  return Number.parseInt(/flags:\s*(\d+)/.exec(readFileSync(`/proc/self/fdinfo/${fd}`, "latin1"))?.[1] ?? "", 8);
}

function isOpen(fd: number): boolean {
  try {
    return openFlags(fd) >= 0;
  } catch {
    return false;
  }
}
