import { constants, fstat, open } from "node:fs";
import { promisify } from "node:util";
import { invalidArgument } from "../../errors/errors.ts";
import { findDevice } from "../../native/device-of.ts";
import { deviceThreads } from "../../native/device-threads.ts";
import { MountTable } from "../../native/mount-table.ts";
import type { AppendFile } from "../file/append-file.ts";
import { DeviceFile } from "../file/device-file.ts";
import { createLogFile } from "../file/log-file.ts";
import { RemoteFile } from "../file/remote-file.ts";
import { OwnedFd } from "../owned-fd.ts";
import { type NamedPath, pathError } from "./named-path.ts";

// Not in node:fs. The same on every architecture that Node runs on. @see open(2)
const O_PATH = 0o10000000;
const appendFlags = constants.O_WRONLY | constants.O_APPEND | constants.O_NOCTTY;
const openTimeoutMs = 5_000;

const openFile = promisify(open);
const statFile = promisify(fstat);

/**
 * An open path that the client gave for a stream. Disposing closes `handle`; the stream that uses `file` takes it over.
 */
export interface OpenedPath extends Disposable {
  readonly named: NamedPath;
  /** Opened with O_PATH. Later opens go through it, so they reach the same file even if the path has changed. */
  readonly handle: number;
  /** Undefined: the path is a FIFO. Otherwise the file, open for appending. */
  readonly file: AppendFile | undefined;
}

/** Options of `openPath`. */
export interface OpenPathOptions {
  /** Create the file and its directories if they are missing, as for `file://`. */
  readonly isLogFile?: boolean | undefined;
  /** Time limit for each device on the way; default: 5 s. */
  readonly timeoutMs?: number | undefined;
}

/**
 * Opens a path that the client gave, within a time limit and off the event loop, which waits for no device. Nothing
 * blocks, and no peer of a FIFO is woken.
 * @throws {StatusError} InvalidArgument – no such path, or it cannot be reached; Unknown – its device does not answer.
 */
export async function openPath(named: NamedPath, options: OpenPathOptions = {}): Promise<OpenedPath> {
  const { isLogFile = false, timeoutMs = openTimeoutMs } = options;
  const late = ({ handle, file }: Opened): void => {
    handle.close();
    file?.close();
  };
  try {
    const device = await toDevice(named, isLogFile, timeoutMs);
    const opening = (): Promise<Opened> => openOn(device, named, isLogFile);
    const opened = await deviceThreads.runWithin(device, opening, { timeoutMs, late });
    return { named, handle: opened.handle.fd, file: opened.file, [Symbol.dispose]: () => opened.handle.close() };
  } catch (error) {
    throw pathError(named, error);
  }
}

interface Opened {
  readonly handle: OwnedFd;
  readonly file: AppendFile | undefined;
}

/**
 * Returns the device of the path. Links are followed only for log files: clients have their FIFOs in directories that
 * no link leads to.
 */
async function toDevice({ path }: NamedPath, isLogFile: boolean, timeoutMs: number): Promise<string> {
  return isLogFile ? findDevice(path, deviceThreads, timeoutMs) : MountTable.read().deviceOf(path);
}

async function openOn(device: string, named: NamedPath, isLogFile: boolean): Promise<Opened> {
  if (isLogFile) await createLogFile(named.path);
  using handle = new OwnedFd(await openFile(named.path, O_PATH));
  const stats = await statFile(handle.fd);
  const isFile = !stats.isFIFO() && named.stream !== "stdin";
  if (!stats.isFIFO() && !isFile) throw invalidArgument("not a FIFO");
  if (isFile && stats.isDirectory()) throw invalidArgument("is a directory");
  const file = isFile ? await openToAppend(device, handle.fd) : undefined;
  return { handle: new OwnedFd(handle.release()), file };
}

async function openToAppend(device: string, handle: number): Promise<AppendFile> {
  if (!MountTable.read().isLocalDevice(device)) return RemoteFile.open(handle);
  return new DeviceFile(await openFile(`/proc/self/fd/${handle}`, appendFlags), device);
}
