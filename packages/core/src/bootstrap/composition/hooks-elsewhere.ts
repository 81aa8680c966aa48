import type { LoadOptions } from "../../hooks/loading/load-plugins.ts";
import type { PluginLoading, PluginScheme, PluginSchemes } from "../../hooks/loading/plugin-scheme.ts";
import type { OpenTransport } from "../../hooks/remote/hook-transport.ts";
import type { Surroundings } from "../context.ts";
import { type HostedPlugin, hostVariable } from "./hosted-plugin.ts";

/** Core's own way to hooks elsewhere, `ttrpc:/absolute/path.sock`, beside the program's. */
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

/** Loads plugins into processes of their own, which run this program. */
export function isolateWith({ self, env, libDir, config }: Surroundings): NonNullable<LoadOptions["isolate"]> {
  return async ({ use, isolation }, loading) => {
    const { openProcessPlugin } = await import("../../hooks/remote/open-remote.ts");
    const { startHookProcess } = await import("../../hooks/isolation/hook-process.ts");
    const hosted: HostedPlugin = { use, packageRoots: config.packageRoots, memoryBytes: isolation?.memoryBytes ?? 0 };
    const host = {
      command: [...self, "host-hooks"],
      env: { ...env, DUNNAGE_LIB: libDir, [hostVariable]: JSON.stringify(hosted) },
    };
    const log = loading.log.with({ plugin: loading.name });
    return await openProcessPlugin(async () => startHookProcess(host, log), loading);
  };
}
