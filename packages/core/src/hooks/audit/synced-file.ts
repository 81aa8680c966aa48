import { close, fsync, openSync } from "node:fs";
import { promisify } from "node:util";
import { deviceThreads } from "../../native/device-threads.ts";

const [closeFile, syncFile] = [promisify(close), promisify(fsync)];

/** A file that is appended to and brought to its disk off the event loop, one fsync(2) at a time: those who ask meanwhile share the next. */
export class SyncedFile {
  readonly fd: number;
  readonly #path: string;
  #current: Promise<unknown> = Promise.resolve();
  #next: Promise<void> | undefined;

  /** Opens `path`, mode 0600 where it is new. */
  constructor(path: string) {
    this.#path = path;
    this.fd = openSync(path, "a", 0o600);
  }

  /** Resolves when all that was written before is on the disk. */
  sync(): Promise<void> {
    this.#next ??= this.#current.then(() => {
      this.#next = undefined;
      const syncing = this.#run(() => syncFile(this.fd));
      this.#current = syncing.catch(() => {});
      return syncing;
    });
    return this.#next;
  }

  /** Closes the file after what was asked of it: its descriptor must not come to mean another file under an fsync. */
  close(): void {
    const last = this.#next ?? this.#current;
    void last
      .catch(() => {})
      .then(() => this.#run(() => closeFile(this.fd)))
      .catch(() => {});
  }

  /** Files of the same name share a thread. */
  #run(operation: () => Promise<void>): Promise<void> {
    return deviceThreads.run(this.#path, operation);
  }
}
