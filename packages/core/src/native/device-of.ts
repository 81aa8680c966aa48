import { readlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type DeviceThreads, deviceThreads, type Limit } from "./device-threads.ts";
import { hasErrorCode } from "./libc-error.ts";
import { MountTable } from "./mount-table.ts";

/** The kernel's own limit. @see path_resolution(7) */
const maxLinks = 40;

/**
 * Returns the device that an absolute path leads to. Each symbolic link on the way is read on the thread of the device
 * on which it lies. A path that does not exist is on the device of its last directory.
 * @throws {StatusError} Unknown – a device on the way did not respond in time.
 */
export async function findDevice(path: string, threads: DeviceThreads, timeoutMs: number): Promise<string> {
  const table = MountTable.read();
  const limit: Limit<string | undefined> = { timeoutMs, late: () => {} };
  const names = path.split("/");
  let at = "/";
  for (let links = 0; names.length > 0; ) {
    const next = join(at, names.shift() ?? "");
    if (next === at) continue;
    const isReal = next === dirname(at) || table.mountOf(next) !== table.mountOf(at);
    const target = isReal ? undefined : await threads.runWithin(table.deviceOf(at), () => readLink(next), limit);
    if (target === undefined) at = next;
    else if (++links > maxLinks) return table.deviceOf(at);
    else {
      names.unshift(...target.split("/"));
      if (target.startsWith("/")) at = "/";
    }
  }
  return table.deviceOf(at);
}

/**
 * Runs an operation on an absolute path on the thread of its device, with a time limit for each device on the way.
 * @throws {StatusError} Unknown – a device does not respond; also whatever the operation throws.
 */
export async function onDeviceOf<T>(path: string, operation: () => Promise<T>, timeoutMs = 5_000): Promise<T> {
  const device = await findDevice(path, deviceThreads, timeoutMs);
  return await deviceThreads.runWithin(device, operation, { timeoutMs, late: () => {} });
}

/** Undefined: not a link, or it does not exist. */
async function readLink(path: string): Promise<string | undefined> {
  try {
    return await readlink(path);
  } catch (error) {
    if (hasErrorCode(error, "EINVAL", "ENOENT", "ENOTDIR", "EACCES", "ENAMETOOLONG")) return undefined;
    throw error;
  }
}
