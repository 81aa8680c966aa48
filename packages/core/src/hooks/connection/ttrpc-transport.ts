import { Client, ClosedError, dial } from "@dunnage/ttrpc";
import type { PluginLoading } from "../loader/plugin-scheme.ts";
import { trustedSocket } from "../loader/trusted-file.ts";
import { HookUnavailable } from "../plugin/bound-hook.ts";
import { type HookTransport, hooksService } from "./hook-transport.ts";

const dialTimeoutMs = 1_000;

/**
 * Connects to a hook server on a unix socket that only root and the daemon's own user can have created.
 * @throws {Error} no process listens, or one of another user does.
 */
export async function openTtrpcSocket(path: string, checkPeer: PluginLoading["checkPeer"]): Promise<HookTransport> {
  const socket = await dial(trustedSocket(path), { timeoutMs: dialTimeoutMs });
  try {
    checkPeer(socket);
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

/** Returns `call` over a client. `why` says what has become of the client's server. */
export function callsOf(client: Client, why: () => string | Promise<string>): Pick<HookTransport, "call"> {
  return {
    call: async (method, payload, timeoutMs) => {
      try {
        return await client.call({ service: hooksService, method }, payload, { timeoutMs });
      } catch (error) {
        throw error instanceof ClosedError ? new HookUnavailable(await why()) : error;
      }
    },
  };
}
