import { closeSync } from "node:fs";
import type { Libc } from "../../native/libc.ts";
import { hasErrorCode } from "../../native/libc-error.ts";

/** Descriptors that a connection and a container with its streams need. */
const descriptorsNeeded = 16;

/** Whether this process has enough free descriptors for another container. `fd`: any open descriptor. Takes 50 µs. */
export function hasRoom(libc: Pick<Libc, "duplicate">, fd: number): boolean {
  const opened: number[] = [];
  try {
    while (opened.length < descriptorsNeeded) opened.push(libc.duplicate(fd));
    return true;
  } catch (error) {
    if (hasErrorCode(error, "EMFILE", "EINVAL")) return false;
    throw error;
  } finally {
    for (const each of opened) closeSync(each);
  }
}
