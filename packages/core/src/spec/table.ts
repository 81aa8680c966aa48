/**
 * A JSON object whose keys may come from a client. Read and write it only through these functions; otherwise
 * `__proto__` is not a key like any other.
 */
export type Table = Record<string, unknown>;

/** Returns true for a JSON object or a TOML table, false for an array or a TOML date. */
export function isTable(value: unknown): value is Table {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** Returns the own entry of `key`, or undefined if there is none. */
export function entryOf(table: Table, key: string): unknown {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

export function setEntry(table: Table, key: string, value: unknown): void {
  Object.defineProperty(table, key, { value, configurable: true, enumerable: true, writable: true });
}

/** Returns the table at `key`, which is created if it is missing. */
export function tableAt(table: Table, key: string): Table {
  const found = entryOf(table, key);
  if (isTable(found)) return found;
  const made: Table = {};
  setEntry(table, key, made);
  return made;
}

/** Returns the list at `key`, which is created if it is missing. */
export function listAt(table: Table, key: string): unknown[] {
  const found = entryOf(table, key);
  if (Array.isArray(found)) return found;
  const made: unknown[] = [];
  setEntry(table, key, made);
  return made;
}
