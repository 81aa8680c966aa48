import { isTable, setEntry, type Table } from "../spec/table.ts";

/**
 * Returns a copy of plain data, an event or a part of one, in which the values of environment variables are `***`: in every list
 * `env`, of the process as of OCI hooks. For what is written down. They are found by their place: whoever searched a text for them would
 * let a client blot out what is said of it, by a variable with those words.
 */
export function hideEnvironment<T>(value: T): T {
  return hide(value, "") as T;
}

function hide(value: unknown, key: string): unknown {
  if (Array.isArray(value)) return value.map((entry) => (key === "env" ? nameOnly(entry) : hide(entry, "")));
  if (!isTable(value)) return value;
  const copy: Table = {};
  for (const [name, entry] of Object.entries(value)) setEntry(copy, name, hide(entry, name));
  return copy;
}

function nameOnly(entry: unknown): string {
  const [name] = String(entry).split("=", 1);
  return `${name}=***`;
}
