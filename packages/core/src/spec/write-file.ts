import { rmSync, writeFileSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { unknown } from "../errors/errors.ts";
import { onDeviceOf } from "../native/device-of.ts";

/**
 * Writes a file that only its owner may read. A file that could not be written completely is removed.
 * @param what – for the message: Node's own names no path if the file system is full.
 * @throws {StatusError} Unknown – the file could not be written; the message names the path.
 */
export function writePrivateFile(path: string, text: string, what: string): void {
  try {
    writeFileSync(path, text, { mode: 0o600 });
  } catch (error) {
    rmSync(path, { force: true });
    throw toWriteError(error, path, what);
  }
}

/** As `writePrivateFile`, on a device that may not respond: that is Unknown as well. */
export async function writeDeviceFile(path: string, text: string, what: string): Promise<void> {
  try {
    await onDeviceOf(path, () => writeOrRemove(path, text));
  } catch (error) {
    throw toWriteError(error, path, what);
  }
}

async function writeOrRemove(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { mode: 0o600 });
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

const toWriteError = (error: unknown, path: string, what: string): Error =>
  unknown(`write ${what} ${path}: ${reasonOf(error)}`, { cause: error });

/** `ENOSPC: no space left on device, write` → the part before the system call. */
function reasonOf(error: unknown): string {
  return (error as Error).message.replace(/, \w+( '.*')?$/s, "");
}
