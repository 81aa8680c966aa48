import { close, write } from "node:fs";
import { promisify } from "node:util";
import { deviceThreads } from "../../native/device-threads.ts";

const closeFile = promisify(close);

/** A file that is appended to, on its device's thread: writing and closing may hang, and the event loop does not wait. */
export class DeviceFile {
  readonly #fd: number;
  readonly #device: string;
  #isClosed = false;

  /** Takes `fd` over. */
  constructor(fd: number, device: string) {
    this.#fd = fd;
    this.#device = device;
  }

  /** Writes all of `bytes`; part of them may be written when it fails. Once the file is closed nothing is begun. */
  append(bytes: Buffer): Promise<void> {
    return deviceThreads.run(this.#device, async () => {
      for (let start = 0; start < bytes.length && !this.#isClosed; ) start += await this.#write(bytes, start);
    });
  }

  /** Closes it after a write in flight: its descriptor must not come to mean another file under that write. Idempotent. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    // What close(2) reports, as a full disk of a server, no client can be given any more.
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
