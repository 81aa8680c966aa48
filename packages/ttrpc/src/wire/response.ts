import { Code, toCode } from "../code.ts";
import { type StatusDetail, StatusError } from "../status-error.ts";
import { headerSizeBytes, MessageType, maxMessageSizeBytes, messageTooLarge, writeFrameHeader } from "./frame.ts";
import { WireReader } from "./wire-reader.ts";
import { bytesFieldSize, varintSize, WireWriter } from "./wire-writer.ts";

/**
 * The envelope of a response: `ttrpc.Response`.
 * @see https://github.com/containerd/ttrpc/blob/main/request.proto
 */
export interface Response {
  /** Undefined = success. On the wire a missing status, an empty status and code 0 all mean success. */
  readonly status: StatusError | undefined;
  /** The encoded response message; no bytes = all defaults. */
  readonly payload: Uint8Array;
}

const noPayload: Buffer = Buffer.alloc(0);

/**
 * Decodes a response envelope. Unknown fields are skipped. `payload` is a view on `bytes`.
 * @throws {StatusError} InvalidArgument – the bytes are not protobuf.
 */
export function decodeResponse(bytes: Uint8Array): Response {
  const response = { status: undefined as StatusError | undefined, payload: noPayload };
  const status = { code: 0, message: "", details: [] as StatusDetail[] };
  const reader = new WireReader(bytes);
  while (!reader.done) {
    const tag = reader.readTag();
    if (tag === 0x0a) decodeStatus(reader.readBytes(), status);
    else if (tag === 0x12) response.payload = reader.readBytes();
    else reader.skip(tag);
  }
  if (status.code !== Code.OK) {
    response.status = new StatusError(toCode(status.code), status.message, { details: status.details });
  }
  return response;
}

/** Encodes a response envelope. Success has no status field, as in Go. */
export function encodeResponse(response: Response): Buffer {
  const bytes = Buffer.allocUnsafe(responseSize(response));
  writeResponse(new WireWriter(bytes, 0), response);
  return bytes;
}

/**
 * Encodes a whole Response frame in one allocation.
 * @throws {StatusError} ResourceExhausted – the envelope exceeds the message limit.
 */
export function encodeResponseFrame(streamId: number, response: Response): Buffer {
  const length = responseSize(response);
  if (length > maxMessageSizeBytes) throw messageTooLarge(length);
  const frame = Buffer.allocUnsafe(headerSizeBytes + length);
  writeFrameHeader(frame, { length, streamId, type: MessageType.Response, flags: 0 });
  writeResponse(new WireWriter(frame, headerSizeBytes), response);
  return frame;
}

interface Status {
  code: number;
  message: string;
  details: StatusDetail[];
}

function decodeStatus(bytes: Buffer, status: Status): void {
  const reader = new WireReader(bytes);
  while (!reader.done) {
    const tag = reader.readTag();
    if (tag === 0x08) status.code = Number(BigInt.asIntN(32, reader.readInt64()));
    else if (tag === 0x12) status.message = reader.readString();
    else if (tag === 0x1a) status.details.push(decodeAny(reader.readBytes()));
    else reader.skip(tag);
  }
}

function decodeAny(bytes: Buffer): StatusDetail {
  const reader = new WireReader(bytes);
  let typeUrl = "";
  let value = noPayload;
  while (!reader.done) {
    const tag = reader.readTag();
    if (tag === 0x0a) typeUrl = reader.readString();
    else if (tag === 0x12) value = reader.readBytes();
    else reader.skip(tag);
  }
  return { typeUrl, value };
}

// A status must not read as success, so a StatusError that was thrown with code 0 is sent as Unknown.
function wireCode(status: StatusError): number {
  return toCode(status.code) || Code.Unknown;
}

function responseSize({ status, payload }: Response): number {
  const size = payload.length > 0 ? bytesFieldSize(payload.length) : 0;
  return status === undefined ? size : size + bytesFieldSize(statusSize(status));
}

function statusSize(status: StatusError): number {
  let size = 1 + varintSize(wireCode(status));
  if (status.message !== "") size += bytesFieldSize(Buffer.byteLength(status.message));
  for (const detail of status.details) size += bytesFieldSize(anySize(detail));
  return size;
}

function anySize({ typeUrl, value }: StatusDetail): number {
  return bytesFieldSize(Buffer.byteLength(typeUrl)) + bytesFieldSize(value.length);
}

function writeResponse(writer: WireWriter, { status, payload }: Response): void {
  if (status !== undefined) {
    writer.writeLength(1, statusSize(status));
    writeStatus(writer, status);
  }
  if (payload.length > 0) writer.writeBytes(2, payload);
}

function writeStatus(writer: WireWriter, status: StatusError): void {
  writer.writeUint32(1, wireCode(status));
  if (status.message !== "") writer.writeString(2, status.message, Buffer.byteLength(status.message));
  for (const detail of status.details) {
    writer.writeLength(3, anySize(detail));
    writer.writeString(1, detail.typeUrl, Buffer.byteLength(detail.typeUrl));
    writer.writeBytes(2, detail.value);
  }
}
