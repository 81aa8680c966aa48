/** Encodes one field with a number below 16: a varint below 2^31, or bytes. */
export function encodeField(field: number, value: number | string | Uint8Array): Buffer {
  if (typeof value === "number") return Buffer.concat([encodeVarint(field << 3), encodeVarint(value)]);
  const bytes = Buffer.from(value);
  return Buffer.concat([encodeVarint((field << 3) | 2), encodeVarint(bytes.length), bytes]);
}

/** Reads field 1 of a message, if it is the first field and a varint below 2^31. */
export function decodeFirstVarint(bytes: Uint8Array): number {
  let value = 0;
  for (let i = 1, shift = 0; i < bytes.length; i++, shift += 7) {
    const byte = bytes[i] as number;
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) break;
  }
  return value;
}

function encodeVarint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return Buffer.from([...bytes, rest]);
}
