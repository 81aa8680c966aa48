import type { Libc } from "../../native/libc.ts";

const firstPollMs = 1;
const longestPollMs = 100;

/**
 * Calls `then` once the FIFO behind `fd` holds no bytes: at once, or after a client has read them. Otherwise like
 * `whenTrue`.
 */
export function whenRead(libc: Libc, fd: number, then: () => void): Disposable {
  return whenTrue(() => libc.bytesReadable(fd) === 0, then);
}

/**
 * Calls `then` once `condition` holds, at once if it already does. The kernel has no event for such conditions as an
 * empty pipe, so this polls with a timer: fast at first, for a reader that is just reading, then slower, for one that
 * is away. The timer does not keep the event loop alive. If the condition throws, it does not hold. Disposing of the
 * result ends the wait without a call.
 */
export function whenTrue(condition: () => boolean, then: () => void): Disposable {
  let timer: NodeJS.Timeout | undefined;
  const poll = (delayMs: number): void => {
    if (holds(condition)) then();
    else timer = setTimeout(poll, delayMs, Math.min(delayMs * 2, longestPollMs)).unref();
  };
  poll(firstPollMs);
  return { [Symbol.dispose]: () => clearTimeout(timer) };
}

function holds(condition: () => boolean): boolean {
  try {
    return condition();
  } catch {
    return false; // for example, no descriptor was free: the next poll may succeed
  }
}
