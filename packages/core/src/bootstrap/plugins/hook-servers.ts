import type { PluginLoading, PluginScheme, PluginSchemes } from "../../hooks/loading/plugin-scheme.ts";
import type { OpenTransport } from "../../hooks/remote/hook-transport.ts";

/** Adds core's own scheme for a hook server, `ttrpc:/absolute/path.sock`, to the program's schemes. */
export function withOwnSchemes(schemes: PluginSchemes): PluginSchemes {
  return { ...schemes, ttrpc: serverScheme(openTtrpc) };
}

const openTtrpc: OpenServer = async (path, checkPeer) =>
  (await import("../../hooks/remote/ttrpc-transport.ts")).openTtrpcSocket(path, checkPeer);

/**
 * Connects to the server whose socket the configuration names. Sends nothing before it has checked which user runs it.
 */
type OpenServer = (path: string, checkPeer: PluginLoading["checkPeer"]) => ReturnType<OpenTransport>;

/** Returns the scheme for hook servers that `open` connects to. */
export function serverScheme(open: OpenServer): PluginScheme {
  return {
    isFile: false,
    load: async (path, loading) => {
      const { openServerPlugin } = await import("../../hooks/remote/open-remote.ts");
      return await openServerPlugin(() => open(path, loading.checkPeer), loading);
    },
  };
}
