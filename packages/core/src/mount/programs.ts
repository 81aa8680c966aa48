import { accessSync, constants } from "node:fs";
import { join } from "node:path";
import { unknown } from "../errors/errors.ts";

// PATH is not used: a daemon's may be anything. The last two directories are NixOS's.
const programDirs = ["/usr/bin", "/bin", "/usr/sbin", "/sbin", "/run/wrappers/bin", "/run/current-system/sw/bin"];

/**
 * Returns the absolute path of a system program.
 * @throws {StatusError} Unknown – the program is missing; the message names the directories that were searched.
 */
export function findProgram(name: string): string {
  const path = programDirs.map((dir) => join(dir, name)).find(isExecutable);
  if (path === undefined) throw unknown(`no executable ${name} in ${programDirs.join(", ")}`);
  return path;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
