import type { Socket } from "node:net";
import type { Libc } from "../../native/libc.ts";
import { descriptorOf } from "../../native/socket-descriptor.ts";

/** The part of the C library that says which user a peer runs as. */
export type PeerLibc = Pick<Libc, "peerCredentials">;

/**
 * Checks that the process that listens at the other end of a connected unix socket runs as root or as the daemon's own
 * user. The kernel records its uid when it calls listen(2). So a socket that a process of root has handed down counts
 * as root's.
 * @throws {Error} it runs as another user.
 * @see unix(7) SO_PEERCRED
 */
export function requireTrustedPeer(socket: Socket, libc: PeerLibc): void {
  const { uid } = libc.peerCredentials(descriptorOf(socket) ?? -1);
  if (uid !== 0 && uid !== process.geteuid?.()) throw new Error(`its server runs as uid ${uid}, not as root`);
}
