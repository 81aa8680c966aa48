import { isTable, setEntry, type Table } from "../../spec/table.ts";

/**
 * Returns a copy of plain data, an event or part of one, in which the values of environment variables are `***`. This
 * covers every list `env`, that of the process as well as those of OCI hooks. It is for data that is written down. The
 * values are found by their place in the data. A search for their text would allow a client to hide what is said about
 * it: it would set a variable to those words.
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
