import { Code } from "../code.ts";
import { StatusError } from "../status-error.ts";
import { decodeFrameHeader, type FrameHeader, headerSizeBytes, maxMessageSizeBytes } from "./frame.ts";

/** One frame from the wire. */
export interface Frame extends FrameHeader {
  /**
   * The message. It may be a view on a pushed chunk (which is never written to again), so a caller that keeps it for
   * long copies it. Undefined = the message was larger than `maxMessageSizeBytes` and was discarded.
   */
  data: Buffer | undefined;
}

const empty = Buffer.alloc(0);
const firstBodySizeBytes = 64 << 10;

/**
 * Splits a byte stream into frames. Chunk boundaries may be anywhere. It holds the received part of the one unfinished
 * frame (at most twice that while it grows, never the length that a header merely announces) and the unread chunks.
 */
export class FrameReader {
  #chunk: Buffer = empty;
  #offset = 0;
  readonly #chunks: Buffer[] = [];
  readonly #header: Buffer = Buffer.alloc(headerSizeBytes); // a header that is split between chunks
  #headerBytes = 0;
  #frame: Frame | undefined; // header complete, message not yet
  #body: Buffer = empty;
  #bodyBytes = 0;
  #discardedBytes = 0;

  /** Adds bytes; the reader owns them from now on. */
  push(chunk: Uint8Array): void {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    if (this.#offset < this.#chunk.length) {
      this.#chunks.push(bytes);
      return;
    }
    this.#chunk = bytes;
    this.#offset = 0;
  }

  /** Number of bytes held: the unfinished frame and the unread chunks. */
  get bufferedBytes(): number {
    const unread = this.#chunks.reduce((sum, chunk) => sum + chunk.length, this.#chunk.length - this.#offset);
    return unread + this.#headerBytes + this.#bodyBytes;
  }

  /**
   * Returns the next complete frame, or undefined when more bytes are needed.
   * @throws {StatusError} InvalidArgument – the first byte of a header is not zero. The protocol reserves it, and other
   * protocols (HTTP, TLS, gRPC) start differently. Go would wait for up to 4 GiB and discard them. After this error the
   * reader cannot be used.
   */
  next(): Frame | undefined {
    this.#frame ??= this.#readHeader();
    const frame = this.#frame;
    if (frame === undefined) return undefined;
    if (frame.length > maxMessageSizeBytes) {
      if (!this.#discard(frame.length)) return undefined;
    } else {
      frame.data = this.#readBody(frame.length);
      if (frame.data === undefined) return undefined;
    }
    this.#frame = undefined;
    return frame;
  }

  #readHeader(): Frame | undefined {
    if (this.#headerBytes === 0 && this.#chunk.length - this.#offset >= headerSizeBytes) {
      const frame = toFrame(this.#chunk, this.#offset);
      this.#offset += headerSizeBytes;
      return frame;
    }
    while (this.#headerBytes < headerSizeBytes) {
      if (!this.#hasBytes()) return undefined;
      this.#headerBytes += this.#copyTo(this.#header, this.#headerBytes, headerSizeBytes);
    }
    this.#headerBytes = 0;
    return toFrame(this.#header, 0);
  }

  #readBody(length: number): Buffer | undefined {
    if (this.#bodyBytes === 0 && this.#chunk.length - this.#offset >= length) {
      this.#offset += length;
      return this.#chunk.subarray(this.#offset - length, this.#offset);
    }
    while (this.#bodyBytes < length) {
      if (!this.#hasBytes()) return undefined;
      this.#reserveBody(length);
      this.#bodyBytes += this.#copyTo(this.#body, this.#bodyBytes, length);
    }
    const body = this.#body;
    this.#body = empty;
    this.#bodyBytes = 0;
    return body;
  }

  // Grows by doubling up to `length`. A peer that announces 4 MiB and sends nothing costs no memory. A peer that sends
  // single bytes does not cost an object per byte.
  #reserveBody(length: number): void {
    const wanted = Math.min(length, this.#bodyBytes + this.#chunk.length - this.#offset);
    if (wanted <= this.#body.length) return;
    const size = Math.min(length, Math.max(wanted, 2 * this.#body.length, firstBodySizeBytes));
    const body = Buffer.allocUnsafe(size);
    this.#body.copy(body, 0, 0, this.#bodyBytes);
    this.#body = body;
  }

  #discard(length: number): boolean {
    while (this.#discardedBytes < length) {
      if (!this.#hasBytes()) return false;
      const bytes = Math.min(this.#chunk.length - this.#offset, length - this.#discardedBytes);
      this.#discardedBytes += bytes;
      this.#offset += bytes;
    }
    this.#discardedBytes = 0;
    return true;
  }

  // Copies bytes of the current chunk to target[at..end); returns how many.
  #copyTo(target: Buffer, at: number, end: number): number {
    const bytes = Math.min(this.#chunk.length - this.#offset, end - at, target.length - at);
    this.#chunk.copy(target, at, this.#offset, this.#offset + bytes);
    this.#offset += bytes;
    return bytes;
  }

  #hasBytes(): boolean {
    while (this.#offset === this.#chunk.length) {
      this.#offset = 0;
      this.#chunk = this.#chunks.shift() ?? empty; // a chunk is released as soon as it is consumed
      if (this.#chunk === empty) return false;
    }
    return true;
  }
}

function toFrame(bytes: Buffer, offset: number): Frame {
  if (bytes[offset] !== 0) {
    throw new StatusError(Code.InvalidArgument, "ttrpc: not a frame: the first byte of a header must be zero");
  }
  const frame = decodeFrameHeader(bytes, offset) as Frame;
  frame.data = undefined;
  return frame;
}
