import { Code, toCode } from "./code.ts";

/** One `google.protobuf.Any` of a status, passed on unchanged in both directions. */
export interface StatusDetail {
  /** For example `type.googleapis.com/google.rpc.ErrorInfo`. */
  readonly typeUrl: string;
  /** The encoded message. */
  readonly value: Uint8Array;
}

// Registered globally, so that an error of another copy of this package is recognised as well.
const brand = Symbol.for("dunnage.ttrpc.StatusError");

/** An error with a status code; code, message and details are what the peer receives. */
export class StatusError extends Error {
  static {
    StatusError.prototype.name = "StatusError";
    Object.defineProperty(StatusError.prototype, brand, { value: true });
  }

  readonly code: Code;
  readonly details: readonly StatusDetail[];

  constructor(code: Code, message: string, options?: ErrorOptions & { details?: readonly StatusDetail[] }) {
    super(message, options);
    this.code = code;
    this.details = options?.details ?? [];
  }

  /**
   * Returns `reason` if it is a StatusError. Otherwise wraps it: an aborted operation becomes `Canceled`, a timeout
   * becomes `DeadlineExceeded`, any other error gets `code`. The first two have the texts of Go's context package,
   * since clients match them.
   */
  static from(reason: unknown, code: Code = Code.Unknown): StatusError {
    if (StatusError.is(reason)) return reason;
    const name = nameOf(reason);
    if (name === "TimeoutError") return contextError(Code.DeadlineExceeded, reason);
    if (name === "AbortError") return StatusError.#fromAbort(reason);
    return new StatusError(toCode(code), textOf(reason), { cause: reason });
  }

  /** Whether `x` is a StatusError, of this or of another copy of the package. */
  static is(x: unknown): x is StatusError {
    return typeof x === "object" && x !== null && (x as Record<symbol, unknown>)[brand] === true;
  }

  // Node's own functions throw an AbortError whose cause is the signal's reason. The reason is more precise.
  static #fromAbort(reason: unknown): StatusError {
    const cause = (reason as { cause?: unknown }).cause;
    if (StatusError.is(cause)) return cause;
    const code = nameOf(cause) === "TimeoutError" ? Code.DeadlineExceeded : Code.Canceled;
    return contextError(code, reason);
  }
}

function contextError(code: typeof Code.Canceled | typeof Code.DeadlineExceeded, cause: unknown): StatusError {
  return new StatusError(code, code === Code.Canceled ? "context canceled" : "context deadline exceeded", { cause });
}

function nameOf(reason: unknown): unknown {
  return reason instanceof Error ? reason.name : undefined;
}

function textOf(reason: unknown): string {
  if (reason instanceof Error) return String(reason.message);
  try {
    return String(reason);
  } catch {
    return "unknown error"; // an object without a usable toString
  }
}
