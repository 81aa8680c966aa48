import { closeSync, constants, openSync, readSync, writeFileSync } from "node:fs";
import type { Containerd } from "./containerd.ts";
import { connectShim } from "./task-client.ts";
import { until } from "./until.ts";

/** Number of lines that a container writes: a little more than 1 MiB. A pipe holds 64 KiB. */
export const lineCount = 16_000;

const padding = "x".repeat(60);

/** A container's command: waits for `letWrite`, writes the numbered lines, and exits with 42. */
export const writeLines: readonly string[] = [
  "/bin/sh",
  "-c",
  `until [ -e /go ]; do sleep 0.02; done
   i=0; while [ $i -lt ${lineCount} ]; do i=$((i+1)); echo "$i ${padding}" || exit 1; done; exit 42`,
];

/** The whole output of `writeLines`. */
export const allLines: string = Array.from({ length: lineCount }, (_, index) => `${index + 1} ${padding}\n`).join("");

/** Lets the container with this init process start writing. */
export function letWrite(pid: number): void {
  writeFileSync(`/proc/${pid}/root/go`, "");
}

/** The read side of a FIFO; reads do not block. */
export class FifoReader implements Disposable {
  readonly #fd: number;
  #text = "";
  #ended = false;

  constructor(path: string) {
    this.#fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  }

  /** Opens the FIFO that a container writes its standard output to. */
  static async openStdout(containerd: Containerd, id: string): Promise<FifoReader> {
    using client = await connectShim(containerd, id);
    return new FifoReader((await client.state({ id })).stdout);
  }

  /** What has been read so far. */
  get text(): string {
    return this.#text;
  }

  /** Reads what is available now; returns whether the end was reached. */
  read(): boolean {
    const buffer = Buffer.alloc(65_536);
    for (;;) {
      try {
        const length = readSync(this.#fd, buffer);
        if (length === 0) this.#ended = true;
        if (length === 0) return true;
        this.#text += buffer.toString("latin1", 0, length);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "EAGAIN") return this.#ended;
        throw error;
      }
    }
  }

  /** Reads until `isEnough` returns true. */
  async readUntil(what: string, isEnough: (text: string) => boolean): Promise<string> {
    await until(() => {
      this.read();
      return isEnough(this.#text);
    }, what);
    return this.#text;
  }

  [Symbol.dispose](): void {
    closeSync(this.#fd);
  }
}
