import type { Socket } from "node:net";
import { Client, ClosedError, dial } from "@dunnage/ttrpc";
import type { Libc } from "../../native/libc.ts";
import { descriptorOf } from "../../native/socket-descriptor.ts";
import { trustedSocket } from "../loading/trusted-file.ts";
import { HookUnavailable } from "../unavailable.ts";
import { type HookTransport, hooksService } from "./hook-transport.ts";

const dialTimeoutMs = 1_000;

/**
 * Connects to a server of hooks on a unix socket that nobody but root and the daemon's own user can have put there.
 * @param libc – tells whose the server is; undefined: that is not asked.
 * @throws {Error} nobody listens, or somebody else does.
 */
export async function openTtrpcSocket(
  path: string,
  libc: Pick<Libc, "peerCredentials"> | undefined,
): Promise<HookTransport> {
  const socket = await dial(trustedSocket(path), { timeoutMs: dialTimeoutMs });
  try {
    if (libc !== undefined) requireTrustedPeer(socket, libc);
  } catch (error) {
    socket.destroy();
    throw error;
  }
  const client = new Client(socket);
  return {
    ...callsOf(client, () => "the connection has ended"),
    closed: client.closed,
    isOurs: false,
    close: () => client.close(),
  };
}

/** Calls over a client; `why` says what has become of its server. */
export function callsOf(client: Client, why: () => string | Promise<string>): Pick<HookTransport, "call"> {
  return {
    call: async (method, payload, timeoutMs) => {
      try {
        return await client.call(hooksService, method, payload, { timeoutMs });
      } catch (error) {
        throw error instanceof ClosedError ? new HookUnavailable(await why()) : error;
      }
    },
  };
}

function requireTrustedPeer(socket: Socket, libc: Pick<Libc, "peerCredentials">): void {
  const { uid } = libc.peerCredentials(descriptorOf(socket) ?? -1);
  if (uid !== 0 && uid !== process.geteuid?.()) throw new Error(`its server runs as uid ${uid}, not as root`);
}
