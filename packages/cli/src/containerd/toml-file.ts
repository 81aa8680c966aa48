import { readFileSync } from "node:fs";
import { failedPrecondition } from "@dunnage/core";
import { isTable } from "@dunnage/core/internal";
import { parse } from "smol-toml";

/** A TOML table, as the parser returns it. */
export type TomlTable = Readonly<Record<string, unknown>>;

/** A TOML file: its text and its parsed value. */
export interface TomlFile {
  readonly path: string;
  readonly text: string;
  readonly value: TomlTable;
}

/**
 * Reads and parses a file; undefined: it does not exist.
 * @throws {StatusError} FailedPrecondition – it is not valid UTF-8 or not valid TOML; the message names the file, and
 * the line of a TOML error.
 */
export function readTomlFile(path: string): TomlFile | undefined {
  const text = readText(path);
  return text === undefined ? undefined : { path, text, value: parseToml(text, path) };
}

/**
 * Parses the text of `path`.
 * @throws {StatusError} FailedPrecondition – it is not valid TOML.
 */
export function parseToml(text: string, path: string): TomlTable {
  try {
    return parse(text, { integersAsBigInt: "asNeeded" });
  } catch (error) {
    const { message, line, column } = error as Error & { readonly line?: number; readonly column?: number };
    const where = line === undefined ? path : `${path}:${line}:${column}`;
    throw failedPrecondition(`${where}: ${message.split("\n")[0]?.replace("Invalid TOML document: ", "")}`);
  }
}

/** Returns the table at `path`; undefined: there is nothing, or no table. */
export function tableAt(value: TomlTable, path: readonly string[]): TomlTable | undefined {
  let at: unknown = value;
  for (const key of path) at = isTable(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  return isTable(at) ? at : undefined;
}

function readText(path: string): string | undefined {
  try {
    return new TextDecoder("utf8", { fatal: true, ignoreBOM: true }).decode(readFileSync(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    if (error instanceof TypeError) throw failedPrecondition(`${path}: not UTF-8, which TOML has to be`);
    throw error;
  }
}
