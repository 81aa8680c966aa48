import { type FileHandle, mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";
import { resourceExhausted } from "../../errors/errors.ts";
import { findDevice } from "../../native/device-of.ts";
import { deviceThreads } from "../../native/device-threads.ts";
import { hasErrorCode } from "../../native/libc-error.ts";
import { type Rotation, rotate, statIfThere } from "./rotate.ts";

interface Line extends PromiseWithResolvers<void> {
  readonly text: string;
  readonly isSynced: boolean;
}

/** How long a device on the path to the file may take to answer. */
const lookUpMs = 5_000;
/** Most characters that may wait for the disk. */
const maxWaiting = 1 << 20;

/**
 * A file of lines, written off the event loop, in order. Lines that arrive while others are being written share the
 * next write and the next fsync(2). Each write consists of whole lines, so the lines of several daemons never mix. The
 * file has mode 0600. It is renamed when it is full. It is reopened when another process has renamed it.
 */
export class AuditFile implements Disposable {
  readonly #rotation: Rotation;
  #waiting: Line[] = [];
  #waitingLength = 0;
  #isWriting = false;
  #isDisposed = false;
  #open: { readonly file: FileHandle; readonly device: string } | undefined;

  constructor(rotation: Rotation) {
    this.#rotation = rotation;
  }

  /**
   * Resolves when the line is written; with `isSynced`, when it is on the disk.
   * @throws {StatusError} ResourceExhausted – more than 1 MiB of lines is waiting for the disk.
   * @throws {Error} of the system – the line is lost.
   */
  append(text: string, isSynced: boolean): Promise<void> {
    if (this.#waitingLength + text.length > maxWaiting)
      return Promise.reject(resourceExhausted("the disk does not keep up: 1 MiB of lines is waiting"));
    const line = { ...Promise.withResolvers<void>(), text, isSynced };
    this.#waiting.push(line);
    this.#waitingLength += text.length;
    if (!this.#isWriting) void this.#writeAll();
    return line.promise;
  }

  /** Closes the file once everything is written. */
  [Symbol.dispose](): void {
    this.#isDisposed = true;
    if (!this.#isWriting) void this.#close();
  }

  async #writeAll(): Promise<void> {
    this.#isWriting = true;
    while (this.#waiting.length > 0) {
      const lines = this.#waiting;
      this.#waiting = [];
      try {
        await this.#write(lines);
        for (const line of lines) line.resolve();
      } catch (error) {
        for (const line of lines) line.reject(error);
        await this.#close();
      }
      this.#waitingLength -= lines.reduce((sum, { text }) => sum + text.length, 0);
    }
    this.#isWriting = false;
    if (this.#isDisposed) await this.#close();
  }

  async #write(lines: readonly Line[]): Promise<void> {
    const device = this.#open?.device ?? (await findDevice(this.#rotation.path, deviceThreads, lookUpMs));
    await deviceThreads.run(device, async () => {
      let file = await this.#current(device);
      let size = (await file.stat()).size;
      let text = "";
      for (const line of lines) {
        if (size + text.length + line.text.length > this.#rotation.maxSizeBytes) {
          await appendTo(file, text, lines);
          await rotate(this.#rotation);
          file = await this.#current(device);
          size = (await file.stat()).size;
          text = "";
        }
        text += line.text;
      }
      await appendTo(file, text, lines);
    });
  }

  /** Returns the file that has the name now. Another daemon, or logrotate, may have renamed ours. */
  async #current(device: string): Promise<FileHandle> {
    const { path } = this.#rotation;
    if (this.#open !== undefined && (await isSameFile(this.#open.file, path))) return this.#open.file;
    await this.#open?.file.close();
    this.#open = undefined;
    this.#open = { file: await openToAppend(path), device };
    return this.#open.file;
  }

  async #close(): Promise<void> {
    const old = this.#open;
    this.#open = undefined;
    // Nothing waits for the result of close(2) for a line that was not synced.
    if (old !== undefined) await deviceThreads.run(old.device, () => old.file.close()).catch(() => {});
  }
}

/** Writes whole lines with one write(2), unless the disk becomes full in the middle. */
async function appendTo(file: FileHandle, text: string, lines: readonly Line[]): Promise<void> {
  if (text === "") return;
  await file.appendFile(text);
  if (lines.some(({ isSynced }) => isSynced)) await file.sync();
}

async function isSameFile(file: FileHandle, path: string): Promise<boolean> {
  const [ours, named] = [await file.stat(), await statIfThere(path)];
  return named !== undefined && ours.ino === named.ino && ours.dev === named.dev;
}

async function openToAppend(path: string): Promise<FileHandle> {
  try {
    return await open(path, "a", 0o600);
  } catch (error) {
    if (!hasErrorCode(error, "ENOENT")) throw error;
    await mkdir(dirname(path), { mode: 0o700 });
    return await open(path, "a", 0o600);
  }
}
