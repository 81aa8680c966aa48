/**
 * Converts JSON to the values that expressions work on. Objects become maps, so that keys such as `constructor` are
 * keys and nothing else. Whole numbers become CEL integers.
 */
export function normalise(value: unknown): unknown {
  if (typeof value === "number") return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(normalise);
  if (value instanceof Map) return value;
  return new Map(Object.entries(value).map(([key, entry]) => [key, normalise(entry)]));
}

/** Converts a value that an expression returned back to JSON. */
export function denormalise(value: unknown): unknown {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (Array.isArray(value)) return value.map(denormalise);
  if (!(value instanceof Map)) return value;
  const result: Record<string, unknown> = {};
  for (const [key, entry] of value) {
    Object.defineProperty(result, String(key), { value: denormalise(entry), enumerable: true });
  }
  return result;
}
