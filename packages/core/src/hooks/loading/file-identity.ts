import { type BigIntStats, statSync } from "node:fs";

/** What tells a file from every other one, and from itself before a change, without a comparison with a clock. */
export type FileIdentity = Pick<BigIntStats, "dev" | "ino" | "mtimeNs" | "ctimeNs" | "size">;

/** Returns the identity of the file that `path` leads to, links followed; undefined: there is none, or it cannot be reached. */
export function readIdentity(path: string): FileIdentity | undefined {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false });
  } catch {
    return undefined; // ELOOP, EACCES and the like: whoever reads the file says so
  }
}

/** An identity as text, for comparison; empty: there is none. An edit that restores size and mtime changes the ctime. */
export function identityText(identity: FileIdentity | undefined): string {
  if (identity === undefined) return "";
  const { dev, ino, mtimeNs, ctimeNs, size } = identity;
  return [dev, ino, mtimeNs, ctimeNs, size].join(":");
}
