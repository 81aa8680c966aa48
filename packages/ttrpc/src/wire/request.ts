import { headerSizeBytes, MessageType, maxMessageSizeBytes, messageTooLarge, writeFrameHeader } from "./frame.ts";
import { addMetadata, type Metadata, noMetadata } from "./metadata.ts";
import { WireReader } from "./wire-reader.ts";
import { bytesFieldSize, int64Size, WireWriter } from "./wire-writer.ts";

/**
 * The envelope of a call: `ttrpc.Request`.
 * @see https://github.com/containerd/ttrpc/blob/main/request.proto
 */
export interface Request {
  /** Full name of the service, without a slash: `containerd.task.v2.Task`. */
  readonly service: string;
  /** Bare name: `Connect`. */
  readonly method: string;
  /** The encoded request message; no bytes = all defaults. */
  readonly payload: Uint8Array;
  /** Time that remained when the request was sent, int64 nanoseconds: 0 = no deadline, negative = already expired. */
  readonly timeoutNano: bigint;
  readonly metadata: Metadata;
}

const noPayload: Buffer = Buffer.alloc(0);

/**
 * Decodes a request envelope. Fields may be in any order, unknown ones are skipped. `payload` is a view on `bytes`.
 * @throws {StatusError} InvalidArgument – the bytes are not protobuf.
 */
export function decodeRequest(bytes: Uint8Array): Request {
  const request = { service: "", method: "", payload: noPayload, timeoutNano: 0n, metadata: noMetadata };
  const reader = new WireReader(bytes);
  while (!reader.done) {
    const tag = reader.readTag();
    if (tag === 0x0a) request.service = reader.readString();
    else if (tag === 0x12) request.method = reader.readString();
    else if (tag === 0x1a) request.payload = reader.readBytes();
    else if (tag === 0x20) request.timeoutNano = reader.readInt64();
    else if (tag === 0x2a) request.metadata = decodeKeyValue(reader.readBytes(), request.metadata);
    else reader.skip(tag);
  }
  return request;
}

/** Encodes a request envelope: fields in ascending order, defaults omitted. */
export function encodeRequest(request: Request): Buffer {
  const bytes = Buffer.allocUnsafe(requestSize(request));
  writeRequest(new WireWriter(bytes, 0), request);
  return bytes;
}

/**
 * Encodes a whole Request frame in one allocation.
 * @throws {StatusError} ResourceExhausted – the envelope (names, metadata and payload) exceeds the message limit.
 */
export function encodeRequestFrame(streamId: number, request: Request): Buffer {
  const length = requestSize(request);
  if (length > maxMessageSizeBytes) throw messageTooLarge(length);
  const frame = Buffer.allocUnsafe(headerSizeBytes + length);
  writeFrameHeader(frame, { length, streamId, type: MessageType.Request, flags: 0 });
  writeRequest(new WireWriter(frame, headerSizeBytes), request);
  return frame;
}

function decodeKeyValue(bytes: Buffer, metadata: Metadata): Metadata {
  const reader = new WireReader(bytes);
  let key = "";
  let value = "";
  while (!reader.done) {
    const tag = reader.readTag();
    if (tag === 0x0a) key = reader.readString();
    else if (tag === 0x12) value = reader.readString();
    else reader.skip(tag);
  }
  const target = metadata === noMetadata ? new Map<string, string[]>() : (metadata as Map<string, string[]>);
  addMetadata(target, key, value);
  return target;
}

function requestSize({ service, method, payload, timeoutNano, metadata }: Request): number {
  let size = 0;
  if (service !== "") size += bytesFieldSize(Buffer.byteLength(service));
  if (method !== "") size += bytesFieldSize(Buffer.byteLength(method));
  if (payload.length > 0) size += bytesFieldSize(payload.length);
  if (timeoutNano !== 0n) size += 1 + int64Size(timeoutNano);
  for (const [key, values] of metadata) {
    for (const value of values) size += bytesFieldSize(keyValueSize(key, value));
  }
  return size;
}

function keyValueSize(key: string, value: string): number {
  return bytesFieldSize(Buffer.byteLength(key)) + bytesFieldSize(Buffer.byteLength(value));
}

function writeRequest(writer: WireWriter, { service, method, payload, timeoutNano, metadata }: Request): void {
  if (service !== "") writer.writeString(1, service, Buffer.byteLength(service));
  if (method !== "") writer.writeString(2, method, Buffer.byteLength(method));
  if (payload.length > 0) writer.writeBytes(3, payload);
  if (timeoutNano !== 0n) writer.writeInt64(4, timeoutNano);
  for (const [key, values] of metadata) {
    for (const value of values) {
      writer.writeLength(5, keyValueSize(key, value));
      writer.writeString(1, key, Buffer.byteLength(key));
      writer.writeString(2, value, Buffer.byteLength(value));
    }
  }
}
