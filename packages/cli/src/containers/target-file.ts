import { mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { invalidArgument } from "@dunnage/core";

/**
 * Returns the absolute path of a file that the user wants written.
 * @param what what the file is for: `pid file`.
 * @throws {StatusError} InvalidArgument – its directory does not exist, or the path is a directory.
 */
export function checkTarget(what: string, path: string): string {
  const absolute = resolve(path);
  const isDirectory = (file: string): boolean => statSync(file, { throwIfNoEntry: false })?.isDirectory() ?? false;
  if (!isDirectory(dirname(absolute))) throw invalidArgument(`${what} ${path}: ${dirname(absolute)} is no directory`);
  if (isDirectory(absolute)) throw invalidArgument(`${what} ${path}: it is a directory`);
  return absolute;
}

/** Writes a file by rename: a process that waits for it finds it complete. */
export function writeTarget(path: string, text: string): void {
  const directory = mkdtempSync(join(dirname(path), ".dunnage-"));
  try {
    writeFileSync(join(directory, "new"), text);
    renameSync(join(directory, "new"), path);
  } finally {
    rmSync(directory, { recursive: true });
  }
}
