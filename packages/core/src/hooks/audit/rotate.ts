import { open, rename, rm, stat } from "node:fs/promises";
import { hasErrorCode } from "../../native/libc-error.ts";

/** When a file is put aside, and what stays of those before it. */
export interface Rotation {
  readonly path: string;
  /** The file is put aside once it is this large. */
  readonly maxSizeBytes: number;
  /** How many that were put aside stay: `path.1` is the newest. */
  readonly keep: number;
}

/** A rotation that takes longer was begun by a process that died. */
const staleMs = 10_000;

/** Puts the file aside. Of several daemons that find it full one does it; the others go on writing meanwhile. */
export async function rotate({ path, maxSizeBytes, keep }: Rotation): Promise<void> {
  const lock = `${path}.rotating`;
  if (!(await takeLock(lock))) return;
  try {
    if (((await statIfThere(path))?.size ?? 0) < maxSizeBytes / 2) return;
    await rm(`${path}.${keep}`, { force: true });
    for (let i = keep - 1; i >= 1; i--) await renameIfThere(`${path}.${i}`, `${path}.${i + 1}`);
    if (keep > 0) await renameIfThere(path, `${path}.1`);
    else await rm(path, { force: true });
  } finally {
    await rm(lock, { force: true });
  }
}

/** Returns undefined for a path that does not exist. */
export async function statIfThere(path: string) {
  try {
    return await stat(path);
  } catch (error) {
    if (hasErrorCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

async function takeLock(lock: string): Promise<boolean> {
  const age = Date.now() - ((await statIfThere(lock))?.mtimeMs ?? Date.now());
  if (age > staleMs) await rm(lock, { force: true });
  try {
    await (await open(lock, "wx", 0o600)).close();
    return true;
  } catch (error) {
    if (hasErrorCode(error, "EEXIST")) return false;
    throw error;
  }
}

async function renameIfThere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!hasErrorCode(error, "ENOENT")) throw error;
  }
}
