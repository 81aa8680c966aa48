import type { Socket } from "node:net";
import type { Libc } from "../../native/libc.ts";
import { descriptorOf } from "../../native/socket-descriptor.ts";

/** What tells whose a peer is. */
export type PeerLibc = Pick<Libc, "peerCredentials">;

/**
 * Checks that the process which listens at the other end of a connected unix socket is root's or the daemon's own user's. Its uid
 * is that of the moment at which it called listen(2): a socket that a process of root's has handed down counts as root's.
 * @throws {Error} it is somebody else's.
 * @see unix(7) SO_PEERCRED
 */
export function requireTrustedPeer(socket: Socket, libc: PeerLibc): void {
  const { uid } = libc.peerCredentials(descriptorOf(socket) ?? -1);
  if (uid !== 0 && uid !== process.geteuid?.()) throw new Error(`its server runs as uid ${uid}, not as root`);
}
