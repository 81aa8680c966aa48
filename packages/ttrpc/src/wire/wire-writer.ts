import { WireType } from "./wire-reader.ts";

/** Returns the encoded size of a varint, for `value` from 0 to 2^32-1. */
export function varintSize(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x200000) return 3;
  return value < 0x10000000 ? 4 : 5;
}

/** Returns the encoded size of an int64 field's value: ten bytes if it is negative. */
export function int64Size(value: bigint): number {
  let rest = BigInt.asUintN(64, value);
  let size = 1;
  for (; rest > 0x7fn; rest >>= 7n) size += 1;
  return size;
}

/** Returns the encoded size of a length-delimited field (number below 16) with `length` bytes of value. */
export function bytesFieldSize(length: number): number {
  return 1 + varintSize(length) + length;
}

/** Writes protobuf fields (numbers below 16) one after the other into a buffer whose size was computed beforehand. */
export class WireWriter {
  readonly #target: Buffer;
  #offset: number;

  constructor(target: Buffer, offset: number) {
    this.#target = target;
    this.#offset = offset;
  }

  /** Writes the tag and length of a length-delimited field. Its `length` bytes of value must follow. */
  writeLength(field: number, length: number): void {
    this.#writeByte((field << 3) | WireType.Bytes);
    this.#writeVarint(length);
  }

  writeBytes(field: number, value: Uint8Array): void {
    this.writeLength(field, value.length);
    this.#target.set(value, this.#offset);
    this.#offset += value.length;
  }

  /** Writes a string of `sizeBytes` bytes of UTF-8; a lone surrogate becomes U+FFFD. */
  writeString(field: number, value: string, sizeBytes: number): void {
    this.writeLength(field, sizeBytes);
    this.#offset += this.#target.write(value, this.#offset, "utf8");
  }

  writeUint32(field: number, value: number): void {
    this.#writeByte((field << 3) | WireType.Varint);
    this.#writeVarint(value);
  }

  writeInt64(field: number, value: bigint): void {
    this.#writeByte((field << 3) | WireType.Varint);
    let rest = BigInt.asUintN(64, value);
    for (; rest > 0x7fn; rest >>= 7n) this.#writeByte(Number(rest & 0x7fn) | 0x80);
    this.#writeByte(Number(rest));
  }

  #writeVarint(value: number): void {
    let rest = value;
    for (; rest > 0x7f; rest >>>= 7) this.#writeByte((rest & 0x7f) | 0x80);
    this.#writeByte(rest);
  }

  #writeByte(byte: number): void {
    this.#target[this.#offset] = byte;
    this.#offset += 1;
  }
}
