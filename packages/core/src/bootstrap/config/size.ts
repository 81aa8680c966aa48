const unitBytes: Readonly<Record<string, number>> = { KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };
const leastBytes = 4 * 1024;
const mostBytes = 1024 ** 3;

/** Converts `256KiB`, `1MiB` or `1GiB` to bytes; undefined if `text` is not a size, or not from 4 KiB to 1 GiB. */
export function parseSize(text: string): number | undefined {
  const [, count, unit = ""] = /^(\d+)(KiB|MiB|GiB)$/.exec(text) ?? [];
  const bytes = Number(count) * (unitBytes[unit] ?? Number.NaN);
  return bytes >= leastBytes && bytes <= mostBytes ? bytes : undefined;
}
