import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from "node:fs";
import { open } from "node:fs/promises";
import { onDeviceOf } from "../native/device-of.ts";

/** The largest message of containerd's own API: nothing larger can come through it. */
const maxBytes = 16 * 1024 * 1024;
const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;

/**
 * Reads a text file whose name came from a client. A FIFO or a device is refused, because reading it could block the
 * daemon or never end; so is a file of more than 16 MiB.
 * @throws {Error} says what is wrong with the file; the path is included only if the file system's error names it.
 */
export function readRegularFile(path: string): string {
  const fd = openSync(path, flags);
  try {
    requireRegular(fstatSync(fd));
    return readFileSync(fd, "utf8");
  } finally {
    closeSync(fd);
  }
}

/**
 * As `readRegularFile`, for a file on a device that may not respond.
 * @throws {StatusError} Unknown – the device did not respond in time.
 */
export function readDeviceFile(path: string): Promise<string> {
  return onDeviceOf(path, async () => {
    await using file = await open(path, flags);
    requireRegular(await file.stat());
    return await file.readFile("utf8");
  });
}

function requireRegular(stat: Stats): void {
  if (!stat.isFile()) throw new Error("not a regular file");
  if (stat.size > maxBytes) throw new Error(`${stat.size} bytes, more than ${maxBytes}`);
}
