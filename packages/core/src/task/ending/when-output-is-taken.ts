import { setTimeout } from "node:timers/promises";
import type { ProcessIo } from "../../io/process-io.ts";
import { attempt } from "../../log/attempt.ts";
import type { Logger } from "../../log/logger.ts";

/**
 * The client counts as away when it has read nothing for this long and for this many checks. Both, because this process
 * may be slow as well.
 */
const awayMs = 500;
const awayLooks = 20;
/** Upper limit of the wait, however slowly the client reads. */
const longestMs = 5_000;
const longestPauseMs = 25;

/**
 * Calls `report` for an ended process when the client has read the rest of its output: at once if nothing is unread or
 * no client has the streams open, and after a time limit if a client does not read. Since 1.7, containerd's client
 * closes its end of the streams as soon as it is notified of an exit, and what it has not read by then is lost. Streams
 * that fail are not waited for. Never throws.
 * @see https://github.com/containerd/containerd/blob/main/pkg/cio/io_unix.go copyIO, whose `cancel` task.Delete calls
 */
export function whenOutputIsTaken(io: ProcessIo | undefined, log: Logger, report: () => void): void {
  const note = { log, message: "output is not waited for", fields: {} };
  attempt(note, () => io?.processExited());
  const tried = <T>(fallback: T, work: () => T): T => {
    let result = fallback;
    attempt(note, () => {
      result = work();
    });
    return result;
  };
  const unread = (): number => tried(0, () => io?.unread?.() ?? 0);
  if (unread() === 0 || tried(false, () => hasNoReader(io))) report();
  else void taken(unread).then(report);
}

/**
 * Whether no client has the streams open for reading, although each had the time to open them: clients begin to open
 * their ends before they send the request. A client that comes later finds the output, which is kept until Delete.
 */
function hasNoReader(io: ProcessIo | undefined): boolean {
  const openedAt = io?.openedAt ?? Number.POSITIVE_INFINITY;
  return performance.now() - openedAt >= awayMs && io?.outlook?.() === "abandoned";
}

async function taken(unreadBytes: () => number): Promise<void> {
  const begunAt = performance.now();
  let last = { unread: unreadBytes(), at: begunAt, looks: 0 };
  for (let pauseMs = 1; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    await setTimeout(pauseMs);
    const [unread, now] = [unreadBytes(), performance.now()];
    if (unread === 0 || now - begunAt >= longestMs) return;
    if (unread < last.unread) last = { unread, at: now, looks: 0 };
    else last.looks += 1;
    if (last.looks >= awayLooks && now - last.at >= awayMs) return;
  }
}
