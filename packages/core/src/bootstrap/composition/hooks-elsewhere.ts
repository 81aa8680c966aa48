import type { LoadOptions } from "../../hooks/loading/load-plugins.ts";
import type { PluginScheme, PluginSchemes } from "../../hooks/loading/plugin-scheme.ts";
import type { OpenTransport } from "../../hooks/remote/hook-transport.ts";
import type { Libc } from "../../native/libc.ts";
import type { Surroundings } from "../context.ts";
import { type HostedPlugin, hostVariable } from "./hosted-plugin.ts";

/**
 * Core's own way to hooks elsewhere, `ttrpc:/absolute/path.sock`, beside the program's. Without a C library nobody asks who
 * serves, only who can have put the socket there.
 */
export function withOwnSchemes(schemes: PluginSchemes, libc?: Libc): PluginSchemes {
  const open: OpenServer = async (path) =>
    (await import("../../hooks/remote/ttrpc-transport.ts")).openTtrpcSocket(path, libc);
  return { ...schemes, ttrpc: serverScheme(open) };
}

/** Connects to the server whose socket the configuration names. */
type OpenServer = (path: string) => ReturnType<OpenTransport>;

/** The scheme of servers of hooks that `open` connects to. */
export function serverScheme(open: OpenServer): PluginScheme {
  return {
    isFile: false,
    load: async (path, loading) => {
      const { openServerPlugin } = await import("../../hooks/remote/open-remote.ts");
      return await openServerPlugin(() => open(path), loading);
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
