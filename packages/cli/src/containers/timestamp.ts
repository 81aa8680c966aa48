import type { wire } from "@dunnage/core/client";

/** Time of a message, to the second. Absent: the epoch, which means that nobody knows. */
export const toDate = (timestamp: wire.Timestamp.$Properties | null | undefined): Date =>
  new Date(Number(timestamp?.seconds ?? 0) * 1000);
