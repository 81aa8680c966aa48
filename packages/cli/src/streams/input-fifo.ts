import { constants, openSync } from "node:fs";
import { Socket } from "node:net";

/**
 * The write end of a process's stdin FIFO. Never blocks. What is written after the process has stopped reading is
 * dropped.
 */
export class InputFifo implements Disposable {
  readonly #socket: Socket | undefined;

  private constructor(socket: Socket | undefined) {
    this.#socket = socket;
    socket?.on("error", () => socket.destroy()); // EPIPE
  }

  /** Opens the FIFO. The shim must have opened its end; if it has closed it again, everything is dropped. */
  static open(path: string): InputFifo {
    try {
      const fd = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
      return new InputFifo(new Socket({ fd, readable: false, writable: true }));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENXIO") throw error;
      return new InputFifo(undefined);
    }
  }

  /** Resolves when the FIFO has taken the chunk, or will never take it. */
  write(chunk: Uint8Array): Promise<void> {
    const socket = this.#socket;
    if (socket === undefined || socket.destroyed) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    socket.once("close", resolve).write(chunk, () => {
      socket.off("close", resolve);
      resolve();
    });
    return promise;
  }

  [Symbol.dispose](): void {
    this.#socket?.destroy();
  }
}
