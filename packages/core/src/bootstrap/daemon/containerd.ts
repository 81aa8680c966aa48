import { connect } from "node:net";

const connectTimeoutMs = 2_000;

/** Whether nobody listens on containerd's socket. One that is merely slow, or unknown, is there. */
export function isGone(address: string): Promise<boolean> {
  if (address === "") return Promise.resolve(false);
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect({ path: address.replace(/^unix:\/\//, "") });
  socket.setTimeout(connectTimeoutMs, () => resolve(false));
  socket.once("connect", () => resolve(false)).once("error", () => resolve(true));
  return promise.finally(() => socket.destroy());
}
