import { rmSync, writeFileSync } from "node:fs";
import { unknown } from "../errors/errors.ts";

/**
 * Writes a file that only its owner may read. What could not be written whole is removed.
 * @param what – for the message: Node's own names no path where the file system is full.
 * @throws {StatusError} Unknown – it could not be written; names the path.
 */
export function writePrivateFile(path: string, text: string, what: string): void {
  try {
    writeFileSync(path, text, { mode: 0o600 });
  } catch (error) {
    rmSync(path, { force: true });
    throw unknown(`write ${what} ${path}: ${reasonOf(error)}`, { cause: error });
  }
}

/** `ENOSPC: no space left on device, write` → what stands before the system call. */
function reasonOf(error: unknown): string {
  return (error as Error).message.replace(/, \w+( '.*')?$/s, "");
}
