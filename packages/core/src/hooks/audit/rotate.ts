import { open, rename, rm, stat } from "node:fs/promises";
import { hasErrorCode } from "../../native/libc-error.ts";

/** When a file is rotated, and how many rotated files are kept. */
export interface Rotation {
  readonly path: string;
  /** The file is rotated once it is this large. */
  readonly maxSizeBytes: number;
  /** How many rotated files are kept; `path.1` is the newest. */
  readonly keep: number;
}

/** If a rotation takes longer, the process that began it has died. */
const staleMs = 60_000;

/**
 * Renames the file, and resolves with whether it has done so. Of several daemons that find it full one does it; the
 * others continue to write meanwhile.
 */
export async function rotate({ path, maxSizeBytes, keep }: Rotation): Promise<boolean> {
  const lock = `${path}.rotating`;
  if (!(await takeLock(lock))) return false;
  try {
    if (((await statIfThere(path))?.size ?? 0) < maxSizeBytes / 2) return false;
    await rm(`${path}.${keep}`, { force: true });
    for (let i = keep - 1; i >= 1; i--) await renameIfThere(`${path}.${i}`, `${path}.${i + 1}`);
    if (keep > 0) await renameIfThere(path, `${path}.1`);
    else await rm(path, { force: true });
    return true;
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
