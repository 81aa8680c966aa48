import { Code } from "../code.ts";
import { StatusError } from "../status-error.ts";

/** Size of the header in front of every message. */
export const headerSizeBytes = 10;

/** Largest message, in bytes without the header: 4 MiB, inclusive, the limit of every ttrpc implementation. */
export const maxMessageSizeBytes = 4 << 20;

/** The third header field. */
export const MessageType = { Request: 1, Response: 2, Data: 3 } as const;

/** Bits of the last header field, named from the receiver's point of view. Unary calls use none of them. */
export const Flag = { RemoteClosed: 1, RemoteOpen: 2, NoData: 4 } as const;

/** The header of one frame. */
export interface FrameHeader {
  /** Bytes that follow the header, 0 to 2^32-1. */
  length: number;
  /** 0 to 2^32-1; odd = started by the client. */
  streamId: number;
  /** A `MessageType`, or any other byte. */
  type: number;
  flags: number;
}

/**
 * Decodes the 10-byte header at `offset`: length u32 · stream id u32 · type u8 · flags u8, big-endian.
 * @see https://github.com/containerd/ttrpc/blob/main/PROTOCOL.md
 */
export function decodeFrameHeader(bytes: Buffer, offset = 0): FrameHeader {
  return {
    length: bytes.readUInt32BE(offset),
    streamId: bytes.readUInt32BE(offset + 4),
    type: bytes[offset + 8] as number,
    flags: bytes[offset + 9] as number,
  };
}

/** Writes the 10-byte header at the beginning of `target`. */
export function writeFrameHeader(target: Buffer, header: FrameHeader): void {
  target.writeUInt32BE(header.length, 0);
  target.writeUInt32BE(header.streamId, 4);
  target[8] = header.type;
  target[9] = header.flags;
}

/**
 * Encodes a whole frame around `message`, which is copied.
 * @throws {StatusError} ResourceExhausted – `message` is larger than `maxMessageSizeBytes`.
 */
export function encodeFrame(header: Omit<FrameHeader, "length">, message: Uint8Array): Buffer {
  if (message.length > maxMessageSizeBytes) throw messageTooLarge(message.length);
  const frame = Buffer.allocUnsafe(headerSizeBytes + message.length);
  const { streamId, type, flags } = header;
  writeFrameHeader(frame, { length: message.length, streamId, type, flags });
  frame.set(message, headerSizeBytes);
  return frame;
}

/** Returns the error for a message over the limit, with the text of the Go implementation. Both ends use it. */
export function messageTooLarge(sizeBytes: number): StatusError {
  const text = `message length ${sizeBytes} exceed maximum message size of ${maxMessageSizeBytes}`;
  return new StatusError(Code.ResourceExhausted, text);
}
