import { setTimeout } from "node:timers/promises";
import { unknown } from "../errors/errors.ts";
import type { Logger } from "../log/logger.ts";
import type { MountinfoEntry } from "./mountinfo.ts";

// As containerd: 50 times 50 ms.
const busyRetries = 50;
const busyDelayMs = 50;

/** What `unmountAll` works with. */
export interface UnmountWork {
  /** What is to be unmounted, as it is now. */
  readonly list: () => readonly MountinfoEntry[];
  /** Unmounts in the given order, goes on after a failure; resolves with the words of umount(8), "" if there were none. */
  readonly umount: (mountPoints: readonly string[]) => Promise<string>;
  readonly log: Pick<Logger, "warn">;
}

/**
 * Unmounts until nothing of the list is left, or what is left is not busy but stuck.
 * @throws {StatusError} Unknown – the mount point nearest to the root is still there.
 */
export async function unmountAll(work: UnmountWork): Promise<void> {
  let before = deepestFirst(work.list());
  for (let round = 0; before.length > 0; round += 1) {
    const words = await work.umount(before);
    const left = deepestFirst(work.list());
    if (left.length === 0) return;
    const stuck = left.length >= before.length && !/busy/i.test(words);
    if (stuck || round >= busyRetries) return report(before, left, { words, log: work.log });
    before = left;
    await setTimeout(busyDelayMs);
  }
}

/** Children before their parents; on one path, what was mounted last comes first. */
function deepestFirst(entries: readonly MountinfoEntry[]): string[] {
  const depth = (path: string): number => path.split("/").length;
  return entries
    .map((entry) => entry.mountPoint)
    .reverse()
    .sort((a, b) => depth(b) - depth(a));
}

function report(
  before: readonly string[],
  left: readonly string[],
  context: { readonly words: string; readonly log: Pick<Logger, "warn"> },
): void {
  const top = before.at(-1);
  if (left.at(-1) === top) throw unknown(`failed to unmount ${top}: ${context.words}`);
  context.log.warn("failed to unmount", { target: left.join(" "), error: context.words });
}
