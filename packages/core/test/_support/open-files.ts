import { readdirSync, readFileSync } from "node:fs";

/** Open descriptors of this process, and what each one is; without that of the directory which is being read. */
export function openFiles(): number[] {
  return readdirSync("/proc/self/fd").map(Number).filter(isOpen);
}

/** Flags of an open descriptor, as O_* of open(2). */
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
