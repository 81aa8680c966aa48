import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { AuditEntry } from "@dunnage/core/internal";

/** Returns the files of an audit log, the newest first: the log itself, then the rotated ones, `.1` before `.2`. */
export function auditFiles(path: string): string[] {
  const directory = dirname(path);
  const prefix = `${basename(path)}.`;
  const numbers = (existsSync(directory) ? readdirSync(directory) : [])
    .filter((name) => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length)))
    .map((name) => Number(name.slice(prefix.length)));
  const aside = numbers.toSorted((a, b) => a - b).map((number) => join(directory, `${prefix}${number}`));
  return existsSync(path) ? [path, ...aside] : aside;
}

/** A line of the audit log and the file that it was found in. */
export interface FoundEntry {
  readonly file: string;
  readonly entry: AuditEntry;
}

/** Finds every line about an event, the oldest first. There are several if a stage was repeated after a crash. */
export function findEntries(path: string, id: string): FoundEntry[] {
  const found = auditFiles(path)
    .toReversed()
    .map((file) => ({ file, lines: readFileSync(file, "utf8").split("\n") }));
  return found.flatMap(({ file, lines }) =>
    lines.filter((line) => line.includes(id)).flatMap((line) => parseEntry(line, id).map((entry) => ({ file, entry }))),
  );
}

/** Parses a line. Returns no entry if the line is about another event, or was truncated by a crash. */
function parseEntry(line: string, id: string): AuditEntry[] {
  try {
    const entry = JSON.parse(line) as AuditEntry;
    return entry.id === id ? [entry] : [];
  } catch {
    return [];
  }
}
