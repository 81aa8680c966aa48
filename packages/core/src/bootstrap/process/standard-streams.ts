import { closeSync, openSync } from "node:fs";
import type { Libc } from "../../native/libc.ts";

/** Replaces stdin, stdout and stderr with /dev/null, so a process that captures our output sees its end. */
export function closeStandardStreams(libc: Libc): void {
  const fd = openSync("/dev/null", "r+");
  for (const stream of [0, 1, 2]) libc.dup2(fd, stream);
  closeSync(fd);
}
