import { setTimeout } from "node:timers/promises";
import { unknown } from "../errors/errors.ts";
import type { Logger } from "../log/logger.ts";
import type { MountinfoEntry } from "../native/mountinfo.ts";

// As containerd: 50 times 50 ms.
const busyRetries = 50;
const busyDelayMs = 50;

// Exit statuses of `umount -R` (util-linux).
const nothingMounted = 1;
const umountFailed = 32;

type Mounted = Pick<MountinfoEntry, "mountId" | "mountPoint">;

/** What `unmountAll` works with. */
export interface UnmountWork {
  /** What is to be unmounted, as it is now. */
  readonly list: () => readonly Mounted[];
  /** Of the list's mount points the one that must be gone at the end. */
  readonly top: string;
  /** Unmounts in the given order, goes on after a failure; resolves with the words of umount(8), "" if there were none. */
  readonly umount: (mountPoints: readonly string[]) => Promise<string>;
  readonly log: Pick<Logger, "warn">;
}

/**
 * Unmounts until nothing of the list is left, or what is left is not busy but stuck.
 * @throws {StatusError} Unknown – `top` is still mounted; what else is left is logged only.
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
 * Unmounts one path and all below it where the mount table cannot be read here.
 * @param umount runs `umount -R`, which reads the table itself; resolves with its exit status, as words may have been lost.
 * @throws {StatusError} Unknown – the path, or something below it, is still mounted.
 */
export async function unmountUnlisted(path: string, umount: (path: string) => Promise<number>): Promise<void> {
  let failures = 0;
  for (;;) {
    const status = await umount(path);
    if (status === nothingMounted) return;
    // After a success another mount may lie beneath on the same path.
    if (status === 0) continue;
    failures += 1;
    if (status !== umountFailed || failures > busyRetries) {
      throw unknown(`failed to unmount ${path}: umount ended with status ${status}`);
    }
    await setTimeout(busyDelayMs);
  }
}

/** Children before their parents; on one path, what was mounted last comes first. */
function deepestFirst(entries: readonly Mounted[]): string[] {
  const depth = (path: string): number => path.split("/").length;
  return entries
    .map((entry) => entry.mountPoint)
    .reverse()
    .sort((a, b) => depth(b) - depth(a));
}
