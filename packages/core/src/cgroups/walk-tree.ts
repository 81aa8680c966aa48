import { readdirSync } from "node:fs";
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
    const below = directoriesIn(next);
    if (below === undefined) continue;
    yield next;
    for (const name of below.reverse()) left.push(join(next, name));
    if (seen % stepLength === 0) await setImmediate();
  }
}

function directoriesIn(dir: string): string[] | undefined {
  try {
    const entries = readdirSync(dir, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  } catch {
    return undefined;
  }
}
