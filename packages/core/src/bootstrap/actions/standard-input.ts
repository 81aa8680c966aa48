import { fstatSync, readSync } from "node:fs";
import { isatty } from "node:tty";
import { hasErrorCode } from "../../native/libc-error.ts";

/** The size at which containerd's own shims stop reading. */
const maxInputBytes = 10 * 1024 * 1024;

/**
 * Reads standard input to its end, but at most 10 MiB. A terminal, /dev/null and a closed descriptor count as empty.
 */
export function readStandardInput(): Buffer {
  if (!isReadable()) return Buffer.alloc(0);
  const chunks: Buffer[] = [];
  for (let size = 0; size < maxInputBytes; ) {
    const chunk = Buffer.allocUnsafe(64 * 1024);
    const bytes = readSync(0, chunk, 0, Math.min(chunk.length, maxInputBytes - size), null);
    if (bytes === 0) break;
    chunks.push(chunk.subarray(0, bytes));
    size += bytes;
  }
  return Buffer.concat(chunks);
}

function isReadable(): boolean {
  try {
    const stat = fstatSync(0);
    return !isatty(0) && !stat.isDirectory();
  } catch (error) {
    if (hasErrorCode(error, "EBADF")) return false;
    throw error;
  }
}
