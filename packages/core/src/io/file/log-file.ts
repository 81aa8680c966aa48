import { constants } from "node:fs";
import { mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";
import { hasErrorCode } from "../../native/libc-error.ts";
import { type NamedPath, pathError } from "../fifo/fifo.ts";

// A FIFO that is there already must not make it wait.
const createFlags =
  constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK | constants.O_NOCTTY;

/**
 * Makes sure that a log file exists, with its directories: 0755 and 0644, less the umask. Off the event loop, as the file may be
 * on a file system that hangs.
 * @throws {StatusError} InvalidArgument – the path cannot be a file.
 * @see https://github.com/containerd/containerd/blob/v1.6.36/pkg/process/io.go (createIO)
 */
export async function createLogFile(named: NamedPath): Promise<void> {
  try {
    await mkdir(dirname(named.path), { recursive: true, mode: 0o755 });
    await (await open(named.path, createFlags, 0o644)).close();
  } catch (error) {
    const isFifoWithoutReader = hasErrorCode(error, "ENXIO");
    if (!isFifoWithoutReader) throw pathError(named, error);
  }
}
