import { setTimeout } from "node:timers/promises";
import { unknown } from "../errors/errors.ts";
import type { Logger } from "../log/logger.ts";
import type { MountinfoEntry } from "../native/mountinfo.ts";

// As in containerd: 50 times 50 ms.
const busyRetries = 50;
const busyDelayMs = 50;

// Exit statuses of `umount -R` (util-linux).
const nothingMounted = 1;
const umountFailed = 32;

type Mounted = Pick<MountinfoEntry, "mountId" | "mountPoint">;

/** What `unmountAll` needs. */
export interface UnmountWork {
  /** Returns what is to be unmounted, as of now. */
  readonly list: () => readonly Mounted[];
  /** The mount point in the list that must be gone at the end. */
  readonly top: string;
  /**
   * Unmounts in the given order and continues after a failure. Resolves with the messages of umount(8), "" if there
   * were none.
   */
  readonly umount: (mountPoints: readonly string[]) => Promise<string>;
  readonly log: Pick<Logger, "warn">;
}

/**
 * Unmounts until nothing on the list is left, or what is left is stuck and not merely busy.
 * @throws {StatusError} Unknown – `top` is still mounted. Anything else that is left is only logged.
 */
export async function unmountAll(work: UnmountWork): Promise<void> {
  let before = deepestFirst(work.list());
  for (let round = 0; before.length > 0; round += 1) {
    const words = await work.umount(before);
    const left = deepestFirst(work.list());
    if (left.length === 0) return;
    const stuck = left.length >= before.length && !/busy/i.test(words);
    if (stuck || round >= busyRetries) {
      if (left.includes(work.top)) throw unknown(`failed to unmount ${work.top}: ${words.trim()}`);
      work.log.warn("failed to unmount", { target: left.join(" "), error: words.trim() });
      return;
    }
    before = left;
    await setTimeout(busyDelayMs);
  }
}

/**
 * Unmounts one path and everything below it, for when the mount table cannot be read here.
 * @param umount runs `umount -R`, which reads the table itself. Resolves with its exit status, because its messages may
 *   have been lost.
 * @throws {StatusError} Unknown – the path, or something below it, is still mounted.
 */
export async function unmountUnlisted(path: string, umount: (path: string) => Promise<number>): Promise<void> {
  let failures = 0;
  for (;;) {
    const status = await umount(path);
    if (status === nothingMounted) return;
    // After a success, another mount may remain underneath, on the same path.
    if (status === 0) continue;
    failures += 1;
    if (status !== umountFailed || failures > busyRetries) {
      throw unknown(`failed to unmount ${path}: umount ended with status ${status}`);
    }
    await setTimeout(busyDelayMs);
  }
}

/** Returns the mount points, children before their parents. On one path, the last mount comes first. */
function deepestFirst(entries: readonly Mounted[]): string[] {
  const depth = (path: string): number => path.split("/").length;
  return entries
    .map((entry) => entry.mountPoint)
    .reverse()
    .sort((a, b) => depth(b) - depth(a));
}
