import { mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { invalidArgument } from "@dunnage/core";

/**
 * Returns the absolute path of a file that the user wants written.
 * @param what what it is for: `pid file`.
 * @throws {StatusError} InvalidArgument – no such directory, or it is a directory.
 */
export function checkTarget(what: string, path: string): string {
  const absolute = resolve(path);
  const isDirectory = (file: string): boolean => statSync(file, { throwIfNoEntry: false })?.isDirectory() ?? false;
  if (!isDirectory(dirname(absolute))) throw invalidArgument(`${what} ${path}: ${dirname(absolute)} is no directory`);
  if (isDirectory(absolute)) throw invalidArgument(`${what} ${path}: it is a directory`);
  return absolute;
}

/** Writes a file by rename: whoever waits for it finds all of it. */
export function writeTarget(path: string, text: string): void {
  const directory = mkdtempSync(join(dirname(path), ".dunnage-"));
  try {
    writeFileSync(join(directory, "new"), text);
    renameSync(join(directory, "new"), path);
  } finally {
    rmSync(directory, { recursive: true });
  }
}
