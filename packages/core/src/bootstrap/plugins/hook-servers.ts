import type { PluginLoading, PluginScheme, PluginSchemes } from "../../hooks/loading/plugin-scheme.ts";
import type { OpenTransport } from "../../hooks/remote/hook-transport.ts";

/** Adds core's own scheme for a server of hooks, `ttrpc:/absolute/path.sock`, to the program's schemes. */
export function withOwnSchemes(schemes: PluginSchemes): PluginSchemes {
  return { ...schemes, ttrpc: serverScheme(openTtrpc) };
}

const openTtrpc: OpenServer = async (path, checkPeer) =>
  (await import("../../hooks/remote/ttrpc-transport.ts")).openTtrpcSocket(path, checkPeer);

/** Connects to the server whose socket the configuration names, and sends nothing before it has checked whose it is. */
type OpenServer = (path: string, checkPeer: PluginLoading["checkPeer"]) => ReturnType<OpenTransport>;

/** The scheme of servers of hooks that `open` connects to. */
export function serverScheme(open: OpenServer): PluginScheme {
  return {
    isFile: false,
    load: async (path, loading) => {
      const { openServerPlugin } = await import("../../hooks/remote/open-remote.ts");
      return await openServerPlugin(() => open(path, loading.checkPeer), loading);
    },
  };
}
