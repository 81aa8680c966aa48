import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { Libc } from "../../native/libc.ts";
import { hasErrorCode } from "../../native/libc-error.ts";

const pollMs = 10;

/**
 * Takes the right to run a dead daemon's hooks for a container. A restarted containerd may run `delete` while the
 * previous one's `delete` is still running. The kernel releases the lock when its holder exits. Read the journal only
 * after taking it. If the file cannot be created because the file system is full, hooks run without the lock: twice is
 * better than never.
 * @throws {Error} ENOENT – the bundle is gone; or what `signal` aborts with.
 */
export async function takeOwedLock(
  libc: Pick<Libc, "tryLock">,
  bundle: string,
  signal: AbortSignal,
): Promise<Disposable> {
  const fd = openLock(join(bundle, "dunnage.hooks"));
  if (fd === undefined) return { [Symbol.dispose]: () => {} };
  try {
    while (!libc.tryLock(fd)) await setTimeout(pollMs, undefined, { signal });
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  return { [Symbol.dispose]: () => closeSync(fd) };
}

function openLock(path: string): number | undefined {
  try {
    return openSync(path, "a", 0o600);
  } catch (error) {
    if (hasErrorCode(error, "ENOENT", "ENOTDIR")) throw error;
    return undefined;
  }
}
