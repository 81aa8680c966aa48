import { constants, openSync } from "node:fs";
import { Socket } from "node:net";
import type { WriteChunk } from "./follow-file.ts";

/** The read end of a FIFO into which a shim copies an output. */
export class OutputFifo implements Disposable {
  readonly #socket: Socket;

  /** Opens the FIFO; the shim opens its end when the process starts. */
  constructor(path: string) {
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    this.#socket = new Socket({
      fd,
      readable: true,
      writable: false,
      allowHalfOpen: true,
      manualStart: true,
    } as object);
    this.#socket.on("error", () => undefined);
  }

  /**
   * Copies until the shim closes its end. Call it after the shim has opened that end: before, the FIFO seems to be at
   * its end.
   */
  async copyTo(write: WriteChunk): Promise<void> {
    for await (const chunk of this.#socket) await write(chunk);
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }
}
