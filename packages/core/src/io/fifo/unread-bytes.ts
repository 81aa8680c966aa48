import type { Libc } from "../../native/libc.ts";

const firstPollMs = 1;
const longestPollMs = 100;

/**
 * Calls `then` once the FIFO behind `fd` holds no bytes: at once, or after a client has read them. The kernel has no
 * event for "empty", hence a timer: fast at first for the client that is just reading, slower for one that is away.
 * It does not keep the event loop alive. Disposing of the result ends the wait without a call.
 */
export function whenRead(libc: Libc, fd: number, then: () => void): Disposable {
  let timer: NodeJS.Timeout | undefined;
  const poll = (delayMs: number): void => {
    if (libc.bytesReadable(fd) === 0) then();
    else timer = setTimeout(poll, delayMs, Math.min(delayMs * 2, longestPollMs)).unref();
  };
  poll(firstPollMs);
  return { [Symbol.dispose]: () => clearTimeout(timer) };
}
