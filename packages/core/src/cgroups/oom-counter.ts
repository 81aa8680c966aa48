import { closeSync, constants, openSync, readSync } from "node:fs";
import { parseKeyed } from "./metrics/stat-files.ts";

/** What the kernel reports about OOM in a cgroup. */
export interface OomCount {
  /** Processes that the OOM killer has killed so far. */
  readonly kills: number;
  /** Whether processes wait for memory because the OOM killer is disabled for them. Only cgroup v1 can do that. */
  readonly hangs: boolean;
}

/** Longer than either file can be. */
const buffer = Buffer.allocUnsafe(512);

/**
 * The file that counts a cgroup's OOM kills: `memory.oom_control` of version 1 or `memory.events` of version 2. It is
 * held open, so a reading is one system call.
 */
export class OomCounter implements Disposable {
  readonly fd: number;
  #closed = false;

  /** @throws {Error} of node:fs – the cgroup has no such file. */
  constructor(path: string) {
    this.fd = openSync(path, constants.O_RDONLY);
  }

  /** Reads the counter. Undefined once the cgroup is gone. */
  read(): OomCount | undefined {
    if (this.#closed) return undefined;
    try {
      const values = parseKeyed(buffer.toString("latin1", 0, readSync(this.fd, buffer, 0, buffer.length, 0)));
      const hangs = values.get("under_oom") === "1" && values.get("oom_kill_disable") === "1";
      return { kills: Number(values.get("oom_kill") ?? 0), hangs };
    } catch {
      return undefined; // ENODEV
    }
  }

  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    closeSync(this.fd);
  }
}
