import { readFileSync } from "node:fs";
import { join } from "node:path";
import Long from "long";

/** Value of a uint64 field: a number where that is exact, a Long above 2^53 − 1. */
export type Uint64 = number | Long;

/** Reads a file of one cgroup directory. Undefined: the kernel has no such file, or it cannot be read now. */
export type ReadFile = (name: string) => string | undefined;

/** The value on the wire for what cgroup v2 writes as `max`: "no limit". */
export const maxUint64: Long = Long.MAX_UNSIGNED_VALUE;

/** Returns a reader of the files in `dir`. If `dir` is undefined, there are no files. */
export function filesOf(dir: string | undefined): ReadFile {
  return (name) => (dir === undefined ? undefined : readIfPresent(join(dir, name)));
}

/**
 * Like `readFileSync`, but returns undefined on any error: ENOENT, ENODEV for a cgroup that is being removed,
 * EOPNOTSUPP for accounting that is switched off.
 */
export function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/**
 * Parses decimal text. Missing, negative and unreadable text is 0. The text `max` is the value of the parameter `max`.
 */
export function parseUint64(text: string | undefined, max: Uint64 = maxUint64): Uint64 {
  const digits = text?.trim() ?? "";
  if (digits === "max") return max;
  const value = Number(digits);
  if (Number.isSafeInteger(value)) return Math.max(value, 0);
  return /^\d{16,20}$/.test(digits) ? Long.fromString(digits, true) : 0;
}

/** `key value` per line, as in memory.stat. */
export function parseKeyed(text: string | undefined): Map<string, string> {
  const values = new Map<string, string>();
  for (const line of (text ?? "").split("\n")) {
    const space = line.indexOf(" ");
    if (space > 0) values.set(line.slice(0, space), line.slice(space + 1));
  }
  return values;
}

/**
 * Returns the values of `fields` from a keyed file. `toKey` returns the key of a field in the file. Default: the same.
 */
export function pick<Field extends string>(
  fields: readonly Field[],
  values: ReadonlyMap<string, string>,
  toKey: (field: Field) => string = (field) => field,
): Record<Field, Uint64> {
  const entries = fields.map((field) => [field, parseUint64(values.get(toKey(field)))]);
  return Object.fromEntries(entries) as Record<Field, Uint64>;
}
