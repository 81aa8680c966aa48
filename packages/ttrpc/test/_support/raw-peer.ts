import { connect, type Socket } from "node:net";
import { type Frame, FrameReader } from "../../src/index.ts";

/** The raw other end of a connection: sends any bytes, reads frames. */
export class RawPeer implements Disposable {
  readonly socket: Socket;
  /** Resolves when the connection has ended, for any reason. */
  readonly closed: Promise<void>;
  readonly #reader = new FrameReader();
  readonly #frames: Frame[] = [];
  #wake = Promise.withResolvers<void>();
  #isClosed = false;

  static async connect(path: string): Promise<RawPeer> {
    const socket = connect({ path, allowHalfOpen: true });
    await new Promise<void>((resolve, reject) => socket.once("connect", resolve).once("error", reject));
    return new RawPeer(socket);
  }

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on("error", () => undefined);
    socket.on("data", (chunk: Buffer) => this.#receive(chunk));
    socket.on("end", () => socket.destroy());
    this.closed = new Promise((resolve) => socket.once("close", () => resolve()));
    socket.once("close", () => {
      this.#isClosed = true;
      this.#wake.resolve();
    });
  }

  send(...parts: (Uint8Array | string)[]): void {
    for (const part of parts) this.socket.write(typeof part === "string" ? Buffer.from(part, "hex") : part);
  }

  /** Resolves to the next frame, or to undefined if the connection has ended. */
  async receive(): Promise<Frame | undefined> {
    while (this.#frames.length === 0 && !this.#isClosed) {
      await this.#wake.promise;
      if (!this.#isClosed) this.#wake = Promise.withResolvers<void>();
    }
    return this.#frames.shift();
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }

  #receive(chunk: Buffer): void {
    this.#reader.push(chunk);
    for (let frame = this.#reader.next(); frame !== undefined; frame = this.#reader.next()) this.#frames.push(frame);
    this.#wake.resolve();
  }
}
