import { type BigIntStats, statSync } from "node:fs";

/**
 * What distinguishes a file from every other one, and from itself before a change, without a comparison with a clock.
 */
export type FileIdentity = Pick<BigIntStats, "dev" | "ino" | "mtimeNs" | "ctimeNs" | "size">;

/**
 * Returns the identity of the file at `path`, after following links. Undefined: the file does not exist or cannot be
 * reached.
 */
export function readIdentity(path: string): FileIdentity | undefined {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false });
  } catch {
    return undefined; // ELOOP, EACCES and the like: the code that reads the file reports them
  }
}

/**
 * Returns an identity as text, for comparison; empty if there is none. An edit that restores size and mtime still
 * changes the ctime.
 */
export function identityText(identity: FileIdentity | undefined): string {
  if (identity === undefined) return "";
  const { dev, ino, mtimeNs, ctimeNs, size } = identity;
  return [dev, ino, mtimeNs, ctimeNs, size].join(":");
}
