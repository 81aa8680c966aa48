import { type OnReadOpts, Socket } from "node:net";
import type { Libc } from "../../native/libc.ts";
import type { OwnedFd } from "../owned-fd.ts";
import type { Sink } from "./sink.ts";

const chunkBytes = 64 * 1024;
/** If the kernel can move the rest, only the first page of a burst goes through memory (bench/stdio.ts). */
const spliceableChunkBytes = 4096;
const spliceBytes = 1024 * 1024;
/** Consecutive splices before the event loop gets its turn. */
const splicesPerTurn = 16;

// One buffer for all copies: libuv fills it and the callback empties it (into the sink, or into a copy of the rest)
// before anything else can run.
let sharedChunk: Buffer | undefined;

const chunkFor = (sink: Sink): Buffer => {
  sharedChunk ??= Buffer.allocUnsafeSlow(chunkBytes);
  return sink.spliceFd === undefined ? sharedChunk : sharedChunk.subarray(0, spliceableChunkBytes);
};

export interface PipeCopyEvents {
  /** End of input: all of it is in the sink. */
  onEnd(): void;
  /** Reading the source failed. */
  onError(error: Error): void;
}

/** Creates the socket that reads a descriptor on the event loop. Takes the descriptor over. */
export type OpenReader = (fd: number, onread: OnReadOpts) => Socket;

export interface PipeCopyEnds {
  /** Taken over, and made non-blocking. */
  readonly source: OwnedFd;
  /** Stays the caller's. */
  readonly sink: Sink;
  /** How to read the source. Default: as a pipe. */
  readonly openReader?: OpenReader;
}

const openPipeReader: OpenReader = (fd, onread) => new Socket({ fd, readable: true, writable: false, onread });

/**
 * Copies a pipe, a FIFO, or anything else that `openReader` can read, to a sink, driven by the event loop. While the
 * sink accepts no more, nothing is read, so the writer at the other end blocks: nothing is dropped, and no buffer
 * grows.
 */
export class PipeCopy implements Disposable {
  readonly #libc: Libc;
  readonly #fd: number;
  readonly #socket: Socket;
  readonly #sink: Sink;
  readonly #resume = (): void => {
    if (!this.#socket.destroyed) this.#socket.resume();
  };

  /** Starts to copy. */
  constructor(libc: Libc, { source, sink, openReader = openPipeReader }: PipeCopyEnds, events: PipeCopyEvents) {
    this.#libc = libc;
    this.#fd = source.fd;
    this.#sink = sink;
    const callback = (length: number, chunk: Uint8Array): boolean => this.#take(length, chunk as Buffer);
    this.#socket = openReader(source.fd, { buffer: chunkFor(sink), callback });
    source.release();
    this.#socket.unref();
    this.#socket.on("error", events.onError).on("end", events.onEnd).resume();
  }

  /** Unread bytes in the source; 0 for a terminal that was hung up. */
  get unread(): number {
    try {
      return this.#socket.destroyed ? 0 : this.#libc.bytesReadable(this.#fd);
    } catch {
      return 0;
    }
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  #take(length: number, chunk: Buffer): boolean {
    if (!this.#sink.write(chunk.subarray(0, length), this.#resume)) return false;
    if (length === chunk.length) this.#splice();
    return true;
  }

  /**
   * Lets the kernel move what is left after a full chunk, until the source is empty or the sink is full. `#take` finds
   * out which.
   */
  #splice(): void {
    const to = this.#sink.spliceFd;
    if (to === undefined) return;
    try {
      for (let i = 0; i < splicesPerTurn; i++) {
        if (!this.#libc.splice(this.#fd, to, spliceBytes)) return;
      }
    } catch {
      // Writing the next chunk fails with the same error (EPIPE), and the sink reports it.
    }
  }
}
