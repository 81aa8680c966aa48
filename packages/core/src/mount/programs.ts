import { accessSync, constants } from "node:fs";
import { join } from "node:path";
import { unknown } from "../errors/errors.ts";

// Not by PATH: a daemon's may be anything. The last two are NixOS's.
const programDirs = ["/usr/bin", "/bin", "/usr/sbin", "/sbin", "/run/wrappers/bin", "/run/current-system/sw/bin"];

/**
 * Returns the absolute path of a program of the system.
 * @throws {StatusError} Unknown – it is not there; the message says where it was looked for.
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
