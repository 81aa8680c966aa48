import type { LoadOptions } from "../../hooks/loading/load-plugins.ts";
import type { IsolatedPlugin, Surroundings } from "../context.ts";

/** Environment variable by which the process of a plugin gets its `IsolatedPlugin`, as JSON. */
export const isolatedPluginVariable = "DUNNAGE_HOOK_HOST";

/** Loads plugins into processes of their own, which run this program. */
export function isolateWith({ self, env, libDir, config }: Surroundings): NonNullable<LoadOptions["isolate"]> {
  return async ({ use, isolation }, loading) => {
    const { openProcessPlugin } = await import("../../hooks/remote/open-remote.ts");
    const { startHookProcess } = await import("../../hooks/isolation/hook-process.ts");
    const plugin: IsolatedPlugin = { use, packageRoots: config.packageRoots, memoryBytes: isolation?.memoryBytes ?? 0 };
    const program = {
      command: [...self, "host-hooks"],
      env: { ...env, DUNNAGE_LIB: libDir, [isolatedPluginVariable]: JSON.stringify(plugin) },
    };
    const log = loading.log.with({ plugin: loading.name });
    return await openProcessPlugin(async () => startHookProcess(program, log), loading);
  };
}
