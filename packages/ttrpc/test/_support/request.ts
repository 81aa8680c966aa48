import { encodeRequestFrame } from "../../src/index.ts";

/** An empty message. */
export const none = new Uint8Array(0);

/** Encodes the frame of a call of service `svc`. */
export function encodeCall(streamId: number, method: string, payload: Uint8Array = none): Buffer {
  return encodeRequestFrame(streamId, { service: "svc", method, payload, timeoutNano: 0n, metadata: new Map() });
}
