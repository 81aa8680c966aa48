import type { OpenTransport } from "../../hooks/connection/hook-transport.ts";
import type { PluginLoading, PluginScheme, PluginSchemes } from "../../hooks/loader/plugin-scheme.ts";

/** Adds core's own scheme for a hook server, `ttrpc:/absolute/path.sock`, to the program's schemes. */
export function withOwnSchemes(schemes: PluginSchemes): PluginSchemes {
  return { ...schemes, ttrpc: serverScheme(openTtrpc) };
}

const openTtrpc: OpenServer = async (path, checkPeer) =>
  (await import("../../hooks/connection/ttrpc-transport.ts")).openTtrpcSocket(path, checkPeer);

/**
 * Connects to the server whose socket the configuration names. Sends nothing before it has checked which user runs it.
 */
type OpenServer = (path: string, checkPeer: PluginLoading["checkPeer"]) => ReturnType<OpenTransport>;

/** Returns the scheme for hook servers that `open` connects to. */
export function serverScheme(open: OpenServer): PluginScheme {
  return {
    isFile: false,
    load: async (path, loading) => {
      const { openServerPlugin } = await import("../../hooks/connection/open-remote.ts");
      return await openServerPlugin(() => open(path, loading.checkPeer), loading);
    },
  };
}
