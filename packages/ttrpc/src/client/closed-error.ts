import { Code } from "../code.ts";
import { StatusError } from "../status-error.ts";

/**
 * The connection ended before the answer came, or was closed already: code `Unavailable`, text exactly `ttrpc: closed`
 * (containerd's CRI plugin compares the end of the text). `cause` holds the socket's error, if there was one.
 */
export class ClosedError extends StatusError {
  static {
    ClosedError.prototype.name = "ClosedError";
  }

  constructor(options?: ErrorOptions) {
    super(Code.Unavailable, "ttrpc: closed", options);
  }
}
