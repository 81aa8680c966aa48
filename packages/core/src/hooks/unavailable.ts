/**
 * Thrown if a hook outside the daemon could not be asked, or if its connection ended before it answered. The client of
 * a refused call gets Unavailable.
 */
export class HookUnavailable extends Error {
  static {
    HookUnavailable.prototype.name = "HookUnavailable";
  }
}
