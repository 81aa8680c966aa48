import { readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * When the configuration last changed, in ms since the epoch; 0: there is none. Files are added and removed through their
 * directories. The launcher looks at the same set.
 */
export function lastChangeMs(path: string): number {
  const dropIns = join(dirname(path), "conf.d");
  const files = [path, dirname(path), dropIns, ...listFiles(dropIns)];
  return Math.max(...files.map((file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0));
}

function listFiles(directory: string): string[] {
  const isDirectory = statSync(directory, { throwIfNoEntry: false })?.isDirectory() ?? false;
  return isDirectory ? readdirSync(directory).map((name) => join(directory, name)) : [];
}
