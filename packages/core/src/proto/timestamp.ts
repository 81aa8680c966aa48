import type { wire } from "./gen/wire.js";

/** Seconds of Go's zero time (0001-01-01T00:00:00Z): what "has not exited yet" looks like on the wire. */
const zeroTimeSeconds = -62_135_596_800;

/** Converts a date to google.protobuf.Timestamp; undefined becomes Go's zero time, as containerd's clients expect it. */
export function toTimestamp(date: Date | undefined): wire.Timestamp.$Properties {
  if (date === undefined) return { seconds: zeroTimeSeconds, nanos: 0 };
  const ms = date.getTime();
  const seconds = Math.floor(ms / 1000);
  return { seconds, nanos: (ms - seconds * 1000) * 1_000_000 };
}
