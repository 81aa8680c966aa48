import { realpathSync, type Stats, statSync } from "node:fs";
import { dirname } from "node:path";

const groupOrOthersMayWrite = 0o022;
const sticky = 0o1000;

/**
 * Returns the real path of a file whose text decides what the daemon does, after a check that nobody else can change it: the
 * file and every directory above it belong to root or to the daemon's own user, and neither group nor others may write to
 * them. A sticky directory of root's (`/tmp`) may be writable: what lies in it cannot be exchanged by others.
 * @throws {Error} ENOENT and the like from the file system; or a message that names the path and what is wrong with it.
 */
export function trustedPath(path: string): string {
  const real = realpathSync(path);
  const file = statSync(real);
  if (!file.isFile()) throw new Error(`${path} is not a regular file`);
  assertTrusted(real, file, false);
  for (let parent = dirname(real); ; parent = dirname(parent)) {
    assertTrusted(parent, statSync(parent), true);
    if (parent === dirname(parent)) return real;
  }
}

function assertTrusted(path: string, { uid, mode }: Stats, isParent: boolean): void {
  const own = process.geteuid?.() ?? 0;
  if (uid !== 0 && uid !== own) throw new Error(`${path} belongs to uid ${uid}, not to root`);
  if (isParent && (mode & sticky) !== 0 && uid === 0) return;
  if ((mode & groupOrOthersMayWrite) === 0) return;
  throw new Error(`${path} is writable by its group or by others (mode ${(mode & 0o7777).toString(8)})`);
}
