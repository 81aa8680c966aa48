import { closeSync, constants, openSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "./command.ts";

/**
 * Number under which every command that works on a bundle holds the bundle's lock file open. Processes that it starts may have it
 * too: runc marks it close-on-exec before it starts anything, older ones do not; the user's process never gets it.
 * High enough to collide with nothing that a runtime gives to its own children.
 */
export const commandLockFd = 100;

/** Name of the lock file in the bundle. */
export const commandLockName = "dunnage.lock";

/**
 * The lock file of a bundle, for the time of one command: who finds the bundle without a daemon knows by it which processes are
 * commands of a daemon that died. The daemon's own descriptor never has the number of the commands'.
 */
export class CommandLock implements Disposable {
  readonly #fd: number | undefined;

  /**
   * Opens the file, made with mode 0600 if need be. Of a bundle that is gone there is no lock, and nothing is inherited.
   * @param isNeeded – default true; false: for a command that must run also where the file cannot be opened, because it ends something.
   */
  constructor(bundle: string, { isNeeded = true }: { readonly isNeeded?: boolean } = {}) {
    this.#fd = openIfPossible(join(bundle, commandLockName), isNeeded);
  }

  /** What the command has to inherit. */
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
