// For services and clients.
export { type DialOptions, dial } from "./client/address.ts";
export {
  Client,
  type ClientCall,
  type ClientInterceptor,
  type ClientOptions,
  type MethodName,
} from "./client/client.ts";
export { ClosedError } from "./client/closed-error.ts";
export type { CallOptions } from "./client/pending-call.ts";
export { Code } from "./code.ts";
export type { Call, Replay, ServerInterceptor, Service, UnaryMethod } from "./server/call.ts";
export { type ListenTarget, Server, type ServerOptions } from "./server/server.ts";
export type { Replays } from "./server/server-connection.ts";
export { type StatusDetail, StatusError } from "./status-error.ts";
// For library authors: the wire format.
export {
  decodeFrameHeader,
  encodeFrame,
  Flag,
  type FrameHeader,
  headerSizeBytes,
  MessageType,
  maxMessageSizeBytes,
} from "./wire/frame.ts";
export { type Frame, FrameReader } from "./wire/frame-reader.ts";
export type { Metadata } from "./wire/metadata.ts";
export { decodeRequest, encodeRequest, encodeRequestFrame, type Request } from "./wire/request.ts";
export { decodeResponse, encodeResponse, encodeResponseFrame, type Response } from "./wire/response.ts";
