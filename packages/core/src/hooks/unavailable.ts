/** A hook elsewhere could not be asked, or was cut off before it had answered. The client of a refused call gets Unavailable. */
export class HookUnavailable extends Error {
  static {
    HookUnavailable.prototype.name = "HookUnavailable";
  }
}
