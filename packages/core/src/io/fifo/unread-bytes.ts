import type { Libc } from "../../native/libc.ts";

const firstPollMs = 1;
const longestPollMs = 100;

/** Calls `then` once the FIFO behind `fd` holds no bytes: at once, or after a client has read them. As `whenTrue`. */
export function whenRead(libc: Libc, fd: number, then: () => void): Disposable {
  return whenTrue(() => libc.bytesReadable(fd) === 0, then);
}

/**
 * Calls `then` once `condition` holds, at once if it does. For what the kernel has no event for, an empty pipe, hence a
 * timer: fast at first for the reader that is just reading, slower for one that is away. It does not keep the event loop
 * alive. A condition that throws does not hold. Disposing of the result ends the wait without a call.
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
    return false; // as without descriptors to look with: the next look may succeed
  }
}
