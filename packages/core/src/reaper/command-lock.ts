import { closeSync, constants, openSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "./command.ts";

/**
 * Number under which every command that works on a bundle holds the bundle's lock file open. Processes that the command
 * starts may inherit it: runc marks it close-on-exec before it starts anything, older versions do not. The user's
 * process never gets it. The number is high enough not to collide with anything that a runtime passes to its own
 * children.
 */
export const commandLockFd = 100;

/** Name of the lock file in the bundle. */
export const commandLockName = "dunnage.lock";

/**
 * The lock file of a bundle, open for the duration of one command. A process that finds the bundle without a daemon
 * uses it to recognise the commands of a daemon that died. The daemon's own descriptor never has the number that the
 * commands use.
 */
export class CommandLock implements Disposable {
  readonly #fd: number | undefined;

  /**
   * Opens the file and creates it with mode 0600 if necessary. A bundle that is gone has no lock, and nothing is
   * inherited.
   * @param isNeeded – default true; false: for a command that must run even if the file cannot be opened, because it
   *   ends something.
   */
  constructor(bundle: string, { isNeeded = true }: { readonly isNeeded?: boolean } = {}) {
    this.#fd = openIfPossible(join(bundle, commandLockName), isNeeded);
  }

  /** Descriptors that the command has to inherit. */
  get inherit(): NonNullable<Command["inherit"]> {
    return this.#fd === undefined ? [] : [[this.#fd, commandLockFd]];
  }

  [Symbol.dispose](): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
  }
}

function openIfPossible(path: string, isNeeded: boolean): number | undefined {
  try {
    const fd = open(path);
    return fd === commandLockFd ? reopen(fd, path) : fd;
  } catch (error) {
    if (!isNeeded || (error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Node adds O_CLOEXEC to every open. */
function open(path: string): number {
  return openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o600);
}

function reopen(fd: number, path: string): number {
  try {
    return open(path);
  } finally {
    closeSync(fd);
  }
}
