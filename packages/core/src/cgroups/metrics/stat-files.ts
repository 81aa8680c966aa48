import { readFileSync } from "node:fs";
import { join } from "node:path";
import Long from "long";

/** Value of a uint64 field: a number where that is exact, a Long above 2^53 − 1. */
export type Uint64 = number | Long;

/** Reads a file of one cgroup directory; undefined: the kernel has none, or does not let it be read now. */
export type ReadFile = (name: string) => string | undefined;

/** What cgroup v2 has for "no limit" becomes this on the wire. */
export const maxUint64: Long = Long.MAX_UNSIGNED_VALUE;

/** Reads from `dir`; undefined `dir`: there are no files at all. */
export function filesOf(dir: string | undefined): ReadFile {
  return (name) => (dir === undefined ? undefined : readIfPresent(join(dir, name)));
}

/** As `readFileSync`, but undefined instead of any error: ENOENT, ENODEV of a cgroup that goes, EOPNOTSUPP of an accounting that is off. */
export function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/** Decimal text → value. Missing, negative and unreadable text is 0, `max` is what `max` says. */
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

/** Values of `fields` from a keyed file, in which `toKey` of a field is its name. Default: the same. */
export function pick<Field extends string>(
  fields: readonly Field[],
  values: ReadonlyMap<string, string>,
  toKey: (field: Field) => string = (field) => field,
): Record<Field, Uint64> {
  const entries = fields.map((field) => [field, parseUint64(values.get(toKey(field)))]);
  return Object.fromEntries(entries) as Record<Field, Uint64>;
}
