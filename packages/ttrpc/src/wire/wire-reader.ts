import { Code } from "../code.ts";
import { StatusError } from "../status-error.ts";

/** Wire types of protobuf. */
export const WireType = { Varint: 0, Fixed64: 1, Bytes: 2, StartGroup: 3, EndGroup: 4, Fixed32: 5 } as const;

const maxFieldNumber = 2 ** 29 - 1;
const maxGroupDepth = 100;
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * A cursor over one protobuf message.
 * @throws {StatusError} InvalidArgument – every method throws it if the bytes are not protobuf.
 * @see https://protobuf.dev/programming-guides/encoding/
 */
export class WireReader {
  readonly #bytes: Buffer;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  get done(): boolean {
    return this.#offset === this.#bytes.length;
  }

  /** Reads a tag: field number << 3 | wire type. */
  readTag(): number {
    const tag = this.readVarint();
    const field = Math.floor(tag / 8);
    if (field < 1 || field > maxFieldNumber) throw malformed("field number out of range");
    return tag;
  }

  /** Reads a varint as a number, exact up to 2^53. */
  readVarint(): number {
    const first = this.#bytes[this.#offset];
    if (first !== undefined && first < 0x80) {
      this.#offset += 1;
      return first;
    }
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 10; i++) {
      const byte = this.#readByte();
      if (i === 9 && byte > 1) break;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
    throw malformed("varint overflows 64 bits");
  }

  /** Reads an int64 or int32 (both are sign-extended to ten bytes when negative). */
  readInt64(): bigint {
    const start = this.#offset;
    const value = this.readVarint();
    if (value <= Number.MAX_SAFE_INTEGER) return BigInt(value);
    let exact = 0n;
    for (let i = this.#offset - 1; i >= start; i--) exact = (exact << 7n) | BigInt((this.#bytes[i] as number) & 0x7f);
    return BigInt.asIntN(64, exact);
  }

  /** Reads a length-delimited field as a view on the message. */
  readBytes(): Buffer {
    const length = this.readVarint();
    const start = this.#offset;
    this.#advance(length);
    return this.#bytes.subarray(start, this.#offset);
  }

  /** Reads a string. One that is not UTF-8 is refused, as proto3 requires. */
  readString(): string {
    const length = this.readVarint();
    const start = this.#offset;
    this.#advance(length);
    for (let i = start; i < this.#offset; i++) {
      if ((this.#bytes[i] as number) >= 0x80) return decodeUtf8(this.#bytes.subarray(start, this.#offset));
    }
    return this.#bytes.toString("latin1", start, this.#offset); // ASCII only: twice as fast as a UTF-8 decoder
  }

  /** Skips the value that follows `tag`, of any wire type. */
  skip(tag: number, depth = 0): void {
    const type = tag & 7;
    if (type === WireType.Varint) this.readVarint();
    else if (type === WireType.Fixed64) this.#advance(8);
    else if (type === WireType.Bytes) this.#advance(this.readVarint());
    else if (type === WireType.StartGroup) this.#skipGroup(tag, depth + 1);
    else if (type === WireType.Fixed32) this.#advance(4);
    else throw malformed("unexpected wire type");
  }

  #skipGroup(start: number, depth: number): void {
    if (depth > maxGroupDepth) throw malformed("groups nested too deeply");
    const end = start - WireType.StartGroup + WireType.EndGroup;
    for (let tag = this.readTag(); tag !== end; tag = this.readTag()) this.skip(tag, depth);
  }

  #readByte(): number {
    const byte = this.#bytes[this.#offset];
    if (byte === undefined) throw malformed("unexpected end");
    this.#offset += 1;
    return byte;
  }

  #advance(bytes: number): void {
    if (bytes > this.#bytes.length - this.#offset) throw malformed("unexpected end");
    this.#offset += bytes;
  }
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw malformed("string is not UTF-8", cause);
  }
}

function malformed(why: string, cause?: unknown): StatusError {
  return new StatusError(Code.InvalidArgument, `proto: cannot parse invalid wire-format data: ${why}`, { cause });
}
