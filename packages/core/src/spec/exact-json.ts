/**
 * Parses JSON so that `formatExactJson` returns every number unchanged: integers that a double cannot hold, such as the
 * largest int64 as a memory limit, become bigint.
 * @throws {SyntaxError} `text` is not JSON.
 */
export function parseExactJson(text: string): unknown {
  if (!longNumber.test(text)) return JSON.parse(text);
  return JSON.parse(text, (_key, value: unknown, context?: { source?: string }) => {
    if (typeof value !== "number" || Number.isSafeInteger(value)) return value;
    const source = context?.source ?? "";
    return /^-?\d+$/.test(source) ? BigInt(source) : value;
  });
}

/** Formats a value that may contain bigints, which become numbers. */
export function formatExactJson(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return JSON.stringify(value, (_key, entry: unknown) =>
      typeof entry === "bigint" ? rawJson(String(entry)) : entry,
    );
  }
}

/**
 * A number that a double may not hold has this many digits. Without one, the plain parser is used, which is several
 * times as fast.
 */
const longNumber = /\d{16}/;

/** @see https://github.com/tc39/proposal-json-parse-with-source */
const rawJson = (text: string): unknown => (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(text);
