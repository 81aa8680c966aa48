import { crc32 } from "node:zlib";

/** Bytes before the text of a record: its length and its checksum, both 32-bit little endian. */
const headerBytes = 8;

/** Longest record: larger than the largest request of ttrpc, which holds the largest spec of an exec. */
export const maxRecordBytes = 8 * 1024 * 1024;

/** How values become text and back. */
export interface Codec {
  format(value: unknown): string;
  parse(text: string): unknown;
}

/**
 * Encodes text as `length · crc32 · text`. The length is that of the text, and the checksum covers both, so that a
 * run of zeros is no record.
 * @throws {RangeError} The text is longer than `maxRecordBytes`.
 */
export function encodeRecord(text: string): Buffer {
  const length = Buffer.byteLength(text);
  if (length > maxRecordBytes) throw new RangeError(`a record of ${length} bytes exceeds ${maxRecordBytes}`);
  const record = Buffer.allocUnsafe(headerBytes + length);
  record.writeUInt32LE(length, 0);
  record.write(text, headerBytes);
  record.writeUInt32LE(checksum(record), 4);
  return record;
}

/** The texts that a run of records holds. */
export interface Decoded {
  readonly texts: readonly string[];
  /** Where the last complete record ends. */
  readonly end: number;
}

/** Decodes records from `start` up to the first that is incomplete or damaged: its writer died, so it does not count. */
export function decodeRecords(bytes: Buffer, start: number): Decoded {
  const texts: string[] = [];
  let end = start;
  for (let record = recordAt(bytes, end); record !== undefined; record = recordAt(bytes, end)) {
    texts.push(record.toString("utf8", headerBytes));
    end += record.length;
  }
  return { texts, end };
}

function recordAt(bytes: Buffer, offset: number): Buffer | undefined {
  if (offset + headerBytes > bytes.length) return undefined;
  const length = bytes.readUInt32LE(offset);
  if (length === 0 || length > bytes.length - offset - headerBytes) return undefined;
  const record = bytes.subarray(offset, offset + headerBytes + length);
  return checksum(record) === record.readUInt32LE(4) ? record : undefined;
}

/** Returns the CRC-32 of a record without its checksum field. */
const checksum = (record: Buffer): number => crc32(record.subarray(headerBytes), crc32(record.subarray(0, 4)));
