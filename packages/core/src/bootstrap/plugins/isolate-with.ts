import type { LoadOptions } from "../../hooks/loader/load-plugins.ts";
import type { IsolatedPlugin, Surroundings } from "../context.ts";

/** Environment variable that passes the `IsolatedPlugin`, as JSON, to the process of a plugin. */
export const isolatedPluginVariable = "DUNNAGE_HOOK_HOST";

/** Returns a function that loads a plugin into a process of its own, which runs this program. */
export function isolateWith({ self, env, libDir, config }: Surroundings): NonNullable<LoadOptions["isolate"]> {
  return async ({ use, isolation }, loading) => {
    const { openProcessPlugin } = await import("../../hooks/connection/open-remote.ts");
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
