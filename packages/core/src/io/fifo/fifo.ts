import { constants, openSync } from "node:fs";
import type { Libc } from "../../native/libc.ts";
import { hasErrorCode } from "../../native/libc-error.ts";
import { OwnedFd } from "../owned-fd.ts";

/** Opens a read end of the FIFO behind `fd`, non-blocking. From now on, opening its write end does not block either. */
export function openReadEnd(fd: number): OwnedFd {
  return reopen(fd, constants.O_RDONLY | constants.O_NONBLOCK);
}

/**
 * Opens another write end of the FIFO behind `fd`, one of its read ends. Never blocks, because that read end exists.
 * The write end itself is in blocking mode, as a process expects of its stdout.
 */
export function openWriteEnd(fd: number): OwnedFd {
  return reopen(fd, constants.O_WRONLY);
}

/**
 * Whether another process has the FIFO behind `fd`, a read end, open for reading. The kernel answers that only for a
 * FIFO of which we hold no read end. So our descriptor is turned into a write end for the duration of the check, under
 * its own number. The content of the FIFO is preserved.
 *
 * One free descriptor is enough. If another thread takes that one in between, the read end cannot be reopened: this
 * throws, and the number stays a write end. The next call turns it into a read end again. Never blocks.
 */
export function hasOtherReader(libc: Pick<Libc, "dup2" | "setCloseOnExec" | "hasReadEnd">, fd: number): boolean {
  try {
    turnInto(libc, fd, constants.O_WRONLY);
    return libc.hasReadEnd(fd);
  } catch (error) {
    if (hasErrorCode(error, "ENXIO")) return false; // it was a write end already, and no process reads
    throw error;
  } finally {
    turnInto(libc, fd, constants.O_RDONLY);
  }
}

/** Reopens the FIFO behind the number `fd` with `access`. Only the change itself needs a second descriptor. */
function turnInto(libc: Pick<Libc, "dup2" | "setCloseOnExec">, fd: number, access: number): void {
  using end = reopen(fd, access | constants.O_NONBLOCK);
  libc.dup2(end.fd, fd);
  libc.setCloseOnExec(fd, true);
}

/**
 * Whether a process has the FIFO behind `fd`, one of its write ends, open for reading. True as well if that cannot be
 * determined.
 * @see fifo(7), ENXIO
 */
export function hasReader(fd: number): boolean {
  try {
    reopen(fd, constants.O_WRONLY | constants.O_NONBLOCK).close();
    return true;
  } catch (error) {
    return !hasErrorCode(error, "ENXIO");
  }
}

/** Opens the file behind `fd` again, as a separate open file description. */
export function reopen(fd: number, flags: number): OwnedFd {
  return new OwnedFd(openSync(`/proc/self/fd/${fd}`, flags | constants.O_NOCTTY));
}
