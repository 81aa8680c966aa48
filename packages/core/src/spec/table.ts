/** A JSON object whose keys may be a client's: read and write it by these functions alone, or `__proto__` is no key. */
export type Table = Record<string, unknown>;

/** Returns true for a JSON object or a TOML table: no array, and no TOML date. */
export function isTable(value: unknown): value is Table {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** Returns the own entry of `key`, undefined without one. */
export function entryOf(table: Table, key: string): unknown {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

export function setEntry(table: Table, key: string, value: unknown): void {
  Object.defineProperty(table, key, { value, configurable: true, enumerable: true, writable: true });
}

/** Returns the table at `key`, which is made if there is none. */
export function tableAt(table: Table, key: string): Table {
  const found = entryOf(table, key);
  if (isTable(found)) return found;
  const made: Table = {};
  setEntry(table, key, made);
  return made;
}

/** Returns the list at `key`, which is made if there is none. */
export function listAt(table: Table, key: string): unknown[] {
  const found = entryOf(table, key);
  if (Array.isArray(found)) return found;
  const made: unknown[] = [];
  setEntry(table, key, made);
  return made;
}
