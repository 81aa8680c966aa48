/** Encodes a `google.protobuf.StringValue` shorter than 128 bytes. */
export function encodeStringValue(value: string): Buffer {
  const bytes = Buffer.from(value);
  return bytes.length === 0 ? bytes : Buffer.concat([Buffer.from([0x0a, bytes.length]), bytes]);
}

/** Decodes a `google.protobuf.StringValue` shorter than 128 bytes. */
export function decodeStringValue(bytes: Uint8Array): string {
  return bytes.length === 0 ? "" : Buffer.from(bytes.subarray(2)).toString();
}
