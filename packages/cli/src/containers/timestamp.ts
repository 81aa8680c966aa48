import type { wire } from "@dunnage/core/client";

/** Returns the time of a message, to the second. If it is absent: the epoch, which means that the time is unknown. */
export const toDate = (timestamp: wire.Timestamp.$Properties | null | undefined): Date =>
  new Date(Number(timestamp?.seconds ?? 0) * 1000);
