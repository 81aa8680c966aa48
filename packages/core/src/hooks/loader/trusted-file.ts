import { realpathSync, type Stats, statSync } from "node:fs";
import { dirname } from "node:path";

const groupOrOthersMayWrite = 0o022;
const sticky = 0o1000;

/**
 * Returns the real path of a file whose text decides what the daemon does, after checking that no other user can change
 * it. The file and every directory above it must belong to root or to the daemon's own user, and neither their group
 * nor others may write to them. A sticky directory of root (`/tmp`) may be writable: other users cannot replace the
 * files in it.
 * @throws {Error} ENOENT and the like from the file system; or a message that names the path and what is wrong with it.
 */
export function trustedPath(path: string): string {
  const real = realpathSync(path);
  const file = statSync(real);
  if (!file.isFile()) throw new Error(`${path} is not a regular file`);
  assertTrusted(real, file, false);
  return trustedParents(real);
}

/**
 * Returns the real path of a socket that only root and the daemon's own user can have created. It does not matter who
 * may write to the socket itself: that only permits connecting to it.
 * @throws {Error} as `trustedPath`.
 */
export function trustedSocket(path: string): string {
  const real = realpathSync(path);
  const socket = statSync(real);
  if (!socket.isSocket()) throw new Error(`${path} is not a socket`);
  assertOwner(real, socket);
  return trustedParents(real);
}

function trustedParents(real: string): string {
  for (let parent = dirname(real); ; parent = dirname(parent)) {
    assertTrusted(parent, statSync(parent), true);
    if (parent === dirname(parent)) return real;
  }
}

function assertTrusted(path: string, stats: Stats, isParent: boolean): void {
  assertOwner(path, stats);
  const { uid, mode } = stats;
  if (isParent && (mode & sticky) !== 0 && uid === 0) return;
  if ((mode & groupOrOthersMayWrite) === 0) return;
  throw new Error(`${path} is writable by its group or by others (mode ${(mode & 0o7777).toString(8)})`);
}

function assertOwner(path: string, { uid }: Stats): void {
  if (uid !== 0 && uid !== process.geteuid?.()) throw new Error(`${path} belongs to uid ${uid}, not to root`);
}
