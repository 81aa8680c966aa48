import { constants } from "node:os";

/**
 * A failed call of the C library. `message` holds the C function, the subject if there is one, and the errno's name.
 */
export class LibcError extends Error {
  static {
    LibcError.prototype.name = "LibcError";
  }
  /** Name of the errno, such as "ENOENT". */
  readonly code: string;
  /** Number of the errno, positive as in errno(3). */
  readonly errno: number;
  /** Name of the C function. */
  readonly syscall: string;

  constructor(syscall: string, errno: number, subject?: string) {
    const code = errnoName(errno);
    super(subject === undefined ? `${syscall}: ${code}` : `${syscall} ${subject}: ${code}`);
    this.code = code;
    this.errno = errno;
    this.syscall = syscall;
  }
}

/** Does not use getSystemErrorName of node:util, which lacks the codes that libuv never reports: ECHILD. */
const errnoName = (errno: number): string =>
  Object.entries(constants.errno).find(([, value]) => value === errno)?.[0] ?? `errno ${errno}`;

/** True if `reason` is an error with one of these codes, whether a LibcError or one of node:fs. */
export const hasErrorCode = (reason: unknown, ...codes: readonly string[]): boolean =>
  reason instanceof Error && "code" in reason && codes.includes(String(reason.code));
