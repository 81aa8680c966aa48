import { readdirSync, statSync } from "node:fs";
import { opendir } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";

/** Directories between two turns of the event loop. */
export const stepLength = 64;

/**
 * Yields a directory and all those below it, parents before children. A directory that is gone is skipped. The event
 * loop gets a turn after every 64 directories.
 */
export async function* walkTree(dir: string): AsyncGenerator<string, void> {
  const left = [dir];
  for (let seen = 1; left.length > 0; seen += 1) {
    const next = left.pop() as string;
    const below = await directoriesIn(next);
    if (below === undefined) continue;
    yield next;
    for (const each of below.reverse()) left.push(each);
    if (seen % stepLength === 0) await setImmediate();
  }
}

/** Returns the paths of the directories in `dir`; undefined if it is gone. */
async function directoriesIn(dir: string): Promise<string[] | undefined> {
  try {
    const hasMany = statSync(dir).nlink > stepLength; // in cgroupfs: two more than its directories
    const entries = hasMany
      ? await opendir(dir, { bufferSize: stepLength })
      : readdirSync(dir, { withFileTypes: true });
    const found: string[] = [];
    for await (const entry of entries) if (entry.isDirectory()) found.push(join(dir, entry.name));
    return found;
  } catch {
    return undefined;
  }
}
