import { constants } from "node:fs";
import { mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";
import { hasErrorCode } from "../../native/libc-error.ts";

// If the path is an existing FIFO, open(2) must not wait for its reader.
const createFlags =
  constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK | constants.O_NOCTTY;

/**
 * Creates a log file and its directories if they are missing: modes 0644 and 0755, less the umask.
 * @throws {Error} a system error – the path cannot be a file.
 * @see https://github.com/containerd/containerd/blob/v1.6.36/pkg/process/io.go (createIO)
 */
export async function createLogFile(path: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o755 });
    await (await open(path, createFlags, 0o644)).close();
  } catch (error) {
    const isFifoWithoutReader = hasErrorCode(error, "ENXIO");
    if (!isFifoWithoutReader) throw error;
  }
}
