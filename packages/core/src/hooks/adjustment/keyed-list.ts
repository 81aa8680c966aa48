import { entryOf, isTable } from "../../spec/table.ts";

/** Replaces the entry that has the same value of `key` as `entry`, or appends `entry`. */
export function putEntry(list: unknown[], key: string, entry: Readonly<Record<string, unknown>>): void {
  const index = list.findIndex((other) => isTable(other) && entryOf(other, key) === entry[key]);
  if (index === -1) list.push(entry);
  else list[index] = entry;
}

/** Removes every entry whose `key` is `name`. */
export function dropEntry(list: unknown[], key: string, name: string): void {
  for (let i = list.length - 1; i >= 0; i--) {
    const other = list[i];
    if (isTable(other) && entryOf(other, key) === name) list.splice(i, 1);
  }
}

/**
 * Like `putEntry`, for `NAME=value`. Removes every other entry of that name: some programs read the first, others the
 * last.
 */
export function putVariable(env: unknown[], name: string, value: string): void {
  dropVariable(env, name);
  env.push(`${name}=${value}`);
}

/** Removes every variable of this name. */
export function dropVariable(env: unknown[], name: string): void {
  for (let i = env.length - 1; i >= 0; i--) {
    const entry = String(env[i]);
    if (entry === name || entry.startsWith(`${name}=`)) env.splice(i, 1);
  }
}
