import { connect } from "node:net";
import { hasErrorCode } from "../../native/libc-error.ts";

const connectTimeoutMs = 2_000;
const absent = ["ENOENT", "ENOTDIR", "ECONNREFUSED"];

/**
 * Whether containerd's socket does not exist or has no listener. A containerd that is slow, or whose address is
 * unknown, is not gone. Neither is one whose socket cannot be reached for another reason: its backlog is full, or this
 * process has no descriptor left.
 * @see connect(2)
 */
export function isGone(address: string): Promise<boolean> {
  if (address === "") return Promise.resolve(false);
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect({ path: address.replace(/^unix:\/\//, "") });
  socket.setTimeout(connectTimeoutMs, () => resolve(false));
  socket.once("connect", () => resolve(false)).once("error", (error) => resolve(hasErrorCode(error, ...absent)));
  return promise.finally(() => socket.destroy());
}
