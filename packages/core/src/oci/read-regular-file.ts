import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";

/** What containerd's own API takes in one message: nothing that comes through it is larger. */
const maxBytes = 16 * 1024 * 1024;

/**
 * Reads a text file whose name came from a client. A FIFO or a device, on which a read could block the daemon or never end,
 * is refused, as is a file of more than 16 MiB.
 * @throws {Error} with what is wrong with the file, its path not included where the file system does not name it.
 */
export function readRegularFile(path: string): string {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) throw new Error("not a regular file");
    if (stat.size > maxBytes) throw new Error(`${stat.size} bytes, more than ${maxBytes}`);
    return readFileSync(fd, "utf8");
  } finally {
    closeSync(fd);
  }
}
