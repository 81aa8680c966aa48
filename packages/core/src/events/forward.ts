import { wire } from "../proto/gen/wire.js";
import { toTimestamp } from "../proto/timestamp.ts";
import type { TaskEvent } from "./publisher.ts";

/**
 * Encodes a ForwardRequest. Its envelope is complete when the event is published, however late it is delivered.
 * @see https://github.com/containerd/containerd/blob/main/api/services/ttrpc/events/v1/events.proto
 */
export function encodeForward(
  event: TaskEvent,
  { namespace, time }: { readonly namespace: string; readonly time: Date },
): Uint8Array {
  const { topic, typeUrl, value } = event;
  const timestamp = toTimestamp(time);
  return wire.ForwardRequest.encode({
    envelope: { timestamp, namespace, topic, event: { type_url: typeUrl, value } },
  }).finish();
}
