import {
  chmodSync,
  chownSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { failedPrecondition } from "@dunnage/core";
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from "diff";
import type { Link } from "./launchers.ts";

/** A change to the host. */
export type Change =
  | {
      readonly kind: "file";
      readonly path: string;
      readonly before: string | undefined;
      readonly after: string | undefined;
    }
  | ({ readonly kind: "link" | "unlink" } & Link);

/** Formats a change for the user: a unified diff, or a line. */
export function formatChange(change: Change): string {
  if (change.kind !== "file") return `${change.kind} ${change.path} -> ${change.target}\n`;
  const { path, before, after } = change;
  const from = before === undefined ? "/dev/null" : path;
  const to = after === undefined ? "/dev/null" : path;
  return createTwoFilesPatch(from, to, before ?? "", after ?? "", undefined, undefined, {
    context: 3,
    headerOptions: FILE_HEADERS_ONLY,
  });
}

/**
 * Makes changes, each of them completely or not at all.
 * @throws {StatusError} FailedPrecondition – a file has changed since the change was planned.
 */
export function applyChanges(changes: readonly Change[]): void {
  for (const change of changes) {
    if (change.kind === "file") applyToFile(change);
    else if (change.kind === "unlink") rmSync(change.path, { force: true });
    else {
      mkdirSync(dirname(change.path), { recursive: true });
      symlinkSync(change.target, change.path);
    }
  }
}

function applyToFile({ path, before, after }: Change & { kind: "file" }): void {
  if (readText(path) !== before) throw failedPrecondition(`${path}: changed meanwhile`);
  if (after === undefined) rmSync(path);
  else replaceFile(path, after);
}

/** Writes a new file next to the old one and renames it over that. Owner and mode are kept, and a link stays a link. */
function replaceFile(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const old = statSync(path, { throwIfNoEntry: false });
  const real = old === undefined ? path : realpathSync(path);
  const next = join(dirname(real), `.dunnage-install-${process.pid}`);
  try {
    writeFileSync(next, text, { mode: 0o644, flag: "wx", flush: true });
    if (old !== undefined) {
      chownSync(next, old.uid, old.gid);
      chmodSync(next, old.mode & 0o7777);
    }
    renameSync(next, real);
  } finally {
    rmSync(next, { force: true });
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
