/** What an adjustment does. A `tighten` only removes rights: any number of them commute, and no `set` can undo one. */
export type AdjustmentOp = "set" | "remove" | "tighten";

/**
 * One change that a hook requests, as plain data. Policies and hooks in other processes send the same data.
 * @see adjustmentPaths for the paths that exist
 */
export interface Adjustment {
  readonly op: AdjustmentOp;
  /**
   * JSON Pointer. A step below a list is the entry's key: `/mounts/~1data`, `/process/env/HOME`.
   * @see https://www.rfc-editor.org/rfc/rfc6901
   */
  readonly path: string;
  /** JSON; absent for `remove`. */
  readonly value?: unknown;
}

/** An adjustment that was applied, and the plugin that requested it. */
export interface Change extends Adjustment {
  readonly plugin: string;
}

/** Formats a JSON Pointer. */
export function toPointer(...steps: readonly string[]): string {
  return steps.map((step) => `/${step.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

/** Parses a JSON Pointer. @throws {TypeError} it does not begin with a slash. */
export function parsePointer(pointer: string): string[] {
  const [first, ...steps] = pointer.split("/");
  if (first !== "" || steps.length === 0) throw new TypeError(`${JSON.stringify(pointer)} is no JSON Pointer`);
  return steps.map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
}
