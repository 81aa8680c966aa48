import type { Socket } from "node:net";

/** Returns a socket's descriptor. Node has no public API for it; the handle has had this field since version 0.10. */
export function descriptorOf(socket: Socket): number | undefined {
  const fd = (socket as { _handle?: { fd?: unknown } })._handle?.fd;
  return typeof fd === "number" && fd >= 0 ? fd : undefined;
}
