import { Code } from "../code.ts";
import { StatusError } from "../status-error.ts";

/**
 * The connection ended before the response arrived, or was already closed. The code is `Unavailable`, the text exactly
 * `ttrpc: closed`: containerd's CRI plugin compares the end of the text. `cause` is the socket's error, if there was
 * one.
 */
export class ClosedError extends StatusError {
  static {
    ClosedError.prototype.name = "ClosedError";
  }

  constructor(options?: ErrorOptions) {
    super(Code.Unavailable, "ttrpc: closed", options);
  }
}
