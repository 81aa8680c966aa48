import type { Socket } from "node:net";

const flushSizeBytes = 64 << 10;

/**
 * Writes frames to a socket: all frames of one turn of the event loop in one system call. They are sent at the end of
 * the turn in which the first was written, before the loop waits again, so a single frame is not delayed.
 */
export class FrameWriter {
  readonly #socket: Socket;
  #frames: Buffer[] = [];
  #queuedBytes = 0;
  #scheduled = false;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Whether the socket's queue is above its high-water mark. The socket emits `drain` when this ends. */
  get congested(): boolean {
    return this.#socket.writableNeedDrain;
  }

  /** Queues a frame; the writer owns it from now on. Frames are sent in the order of these calls. */
  write(frame: Buffer): void {
    this.#frames.push(frame);
    this.#queuedBytes += frame.length;
    if (this.#queuedBytes >= flushSizeBytes) this.flush();
    else if (!this.#scheduled) {
      this.#scheduled = true;
      process.nextTick(flushScheduled, this);
    }
  }

  /** Passes the queued frames to the socket now. */
  flush(): void {
    this.#scheduled = false;
    if (this.#frames.length === 0) return;
    const frames = this.#frames;
    const bytes = this.#queuedBytes;
    this.#frames = [];
    this.#queuedBytes = 0;
    if (this.#socket.writable) this.#send(frames, bytes);
  }

  // Copying small frames together is cheaper than sending a vector. A large frame (always the last) is not copied.
  #send(frames: Buffer[], bytes: number): void {
    const [first] = frames;
    if (frames.length === 1 && first !== undefined) {
      this.#socket.write(first);
      return;
    }
    if (bytes < 2 * flushSizeBytes) {
      this.#socket.write(Buffer.concat(frames, bytes));
      return;
    }
    this.#socket.cork();
    for (const frame of frames) this.#socket.write(frame);
    this.#socket.uncork();
  }
}

function flushScheduled(writer: FrameWriter): void {
  writer.flush();
}
