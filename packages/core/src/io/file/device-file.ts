import { close, write } from "node:fs";
import { promisify } from "node:util";
import { deviceThreads } from "../../native/device-threads.ts";
import type { AppendFile } from "./append-file.ts";

const closeFile = promisify(close);

/**
 * A file on a local disk, opened for appending. Writes and closes run on the thread of its device: they may hang, and
 * the event loop does not wait for them.
 */
export class DeviceFile implements AppendFile {
  readonly #fd: number;
  readonly #device: string;
  #isClosed = false;

  /** Takes `fd` over. */
  constructor(fd: number, device: string) {
    this.#fd = fd;
    this.#device = device;
  }

  /** Once the file is closed, no write starts. */
  append(bytes: Buffer): Promise<void> {
    return deviceThreads.run(this.#device, async () => {
      for (let start = 0; start < bytes.length && !this.#isClosed; ) start += await this.#write(bytes, start);
    });
  }

  /**
   * Closes the file after a write in flight. Otherwise the descriptor number could come to mean another file during
   * that write. Idempotent.
   */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    // close(2) may report an error, such as a full disk on a server. It is too late to report that to any client.
    void deviceThreads.run(this.#device, () => closeFile(this.#fd)).catch(() => {});
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #write(bytes: Buffer, start: number): Promise<number> {
    return new Promise((resolve, reject) => {
      const done = (error: Error | null, written: number): void => (error ? reject(error) : resolve(written));
      write(this.#fd, bytes, start, bytes.length - start, null, done);
    });
  }
}
