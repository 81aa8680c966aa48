import { closeSync, writeFileSync } from "node:fs";
import { Socket } from "node:net";
import { join } from "node:path";
import type { Libc } from "../native/libc.ts";

/**
 * One eventfd on the event loop, for the out-of-memory notices of any number of v1 cgroups. A notice says that
 * something happened, not where: its receiver reads the counters.
 *
 * Node watches only sockets, pipes and terminals. So a socket is created from a pipe. Before the event loop polls it
 * for the first time, the eventfd replaces the pipe under the same number. From then on it is polled as the pipe would
 * be, and reads as eight bytes.
 * @see docs/decisions/0005-oom.md
 */
export class OomEventfd implements Disposable {
  readonly #fd: number;
  readonly #socket: Socket;

  /** `onNotices` gets the number of notices since the last time. */
  constructor(libc: Libc, onNotices: (count: number) => void) {
    const [readEnd, writeEnd] = libc.pipe();
    this.#socket = new Socket({ fd: readEnd, readable: true, writable: false });
    const eventfd = libc.eventfd();
    libc.dup2(eventfd, readEnd);
    libc.setCloseOnExec(readEnd, true);
    closeSync(eventfd);
    closeSync(writeEnd);
    this.#fd = readEnd;
    this.#socket.on("error", () => undefined).unref();
    this.#socket.on("data", (bytes: Buffer) => onNotices(Number(bytes.readBigUInt64LE())));
  }

  /**
   * Subscribes to the notices of the cgroup at `dir`, whose open memory.oom_control is `counterFd`. They end with the
   * cgroup; its removal is a notice as well.
   * @throws {Error} of node:fs – the kernel does not provide any.
   * @see the kernel's Documentation/admin-guide/cgroup-v1/memory.rst, "OOM Control"
   */
  register(dir: string, counterFd: number): void {
    writeFileSync(join(dir, "cgroup.event_control"), `${this.#fd} ${counterFd}`, { flag: "r+" });
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }
}
