/** The frames between a guardian and its worker. @see packages/guardian/PROTOCOL.md */

export const protocolVersion = 1;

const headerBytes = 4;

/** Frames that the worker sends. */
export const ToGuardian = {
  Hello: 0x01,
  State: 0x02,
  Keep: 0x03,
  Drop: 0x04,
  Watch: 0x05,
  Done: 0x06,
  Ready: 0x07,
  Spawn: 0x08,
  Poll: 0x09,
  Pong: 0x0a,
  Sleep: 0x0b,
  Alarm: 0x0c,
  End: 0x0d,
} as const;

/** Frames that the guardian sends. */
export const FromGuardian = {
  Welcome: 0x81,
  Fd: 0x82,
  Exit: 0x83,
  StateEnd: 0x84,
  Opened: 0x85,
  Conn: 0x86,
  Spawned: 0x87,
  Event: 0x88,
  Ping: 0x89,
  Quiesce: 0x8a,
  Refused: 0x8b,
} as const;

/** One frame: `u8 operation · u24 length · body`, big-endian. */
export interface ControlFrame {
  readonly operation: number;
  readonly body: Buffer;
}

/** Encodes a frame. */
export function encodeControl(operation: number, body: Uint8Array = new Uint8Array()): Buffer {
  const frame = Buffer.allocUnsafe(headerBytes + body.length);
  frame.writeUInt32BE(body.length);
  frame[0] = operation;
  frame.set(body, headerBytes);
  return frame;
}

/** Cuts a stream of bytes into frames. */
export class ControlReader {
  #rest: Buffer = Buffer.alloc(0);

  /** Returns the frames that `chunk` completes. */
  push(chunk: Buffer): ControlFrame[] {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const frames: ControlFrame[] = [];
    let at = 0;
    while (bytes.length - at >= headerBytes) {
      const end = at + headerBytes + bytes.readUIntBE(at + 1, 3);
      if (end > bytes.length) break;
      frames.push({ operation: bytes.readUInt8(at), body: bytes.subarray(at + headerBytes, end) });
      at = end;
    }
    this.#rest = bytes.subarray(at);
    return frames;
  }
}
