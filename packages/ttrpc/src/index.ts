// For services and clients.
export { type DialOptions, dial } from "./address.ts";
export type { Call, ServerInterceptor, Service, UnaryMethod } from "./call.ts";
export { Client, type ClientCall, type ClientInterceptor, type ClientOptions } from "./client.ts";
export { ClosedError } from "./closed-error.ts";
export { Code } from "./code.ts";
// For library authors: the bytes.
export {
  decodeFrameHeader,
  encodeFrame,
  Flag,
  type FrameHeader,
  headerSizeBytes,
  MessageType,
  maxMessageSizeBytes,
} from "./frame.ts";
export { type Frame, FrameReader } from "./frame-reader.ts";
export type { Metadata } from "./metadata.ts";
export type { CallOptions } from "./pending-call.ts";
export { decodeRequest, encodeRequest, encodeRequestFrame, type Request } from "./request.ts";
export { decodeResponse, encodeResponse, encodeResponseFrame, type Response } from "./response.ts";
export { type ListenTarget, Server, type ServerOptions } from "./server.ts";
export { type StatusDetail, StatusError } from "./status-error.ts";
