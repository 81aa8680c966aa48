import type { Socket } from "node:net";
import type { Libc } from "../../native/libc.ts";
import { descriptorOf } from "../../native/socket-descriptor.ts";

/**
 * Whether the process at the other end of a connection has exactly our user and group. The socket's mode already keeps
 * other users out. This check works even if the mode was changed.
 * @see https://github.com/containerd/ttrpc/blob/main/unixcreds_linux.go
 */
export function isOurPeer(libc: Libc, socket: Socket): boolean {
  const fd = descriptorOf(socket);
  if (fd === undefined) return false;
  const { uid, gid } = libc.peerCredentials(fd);
  return uid === process.geteuid?.() && gid === process.getegid?.();
}
