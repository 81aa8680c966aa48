import { closeSync, constants, openSync } from "node:fs";
import { join } from "node:path";

/**
 * Number under which every OCI command of a container holds the bundle's lock file open. Processes that it starts may have it too:
 * runc marks it close-on-exec before it starts anything, older ones do not; the user's process never gets it.
 * High enough to collide with nothing that a runtime gives to its own children.
 */
export const commandLockFd = 100;

/** Name of the lock file in the bundle. */
export const commandLockName = "dunnage.lock";

/**
 * Opens the lock file of a bundle, to be inherited as `commandLockFd` by a command. Never returns that number itself:
 * whoever holds the file under it is a command, not a daemon. The caller closes it once the command has ended.
 * Returns undefined if the bundle is gone.
 */
export function openCommandLock(bundle: string): number | undefined {
  const path = join(bundle, commandLockName);
  try {
    return openElsewhere(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function openElsewhere(path: string): number {
  // Node adds O_CLOEXEC to every open.
  const open = (): number => openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o600);
  const fd = open();
  if (fd !== commandLockFd) return fd;
  try {
    return open();
  } finally {
    closeSync(fd);
  }
}
