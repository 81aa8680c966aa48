import type { PluginSchemes } from "../../hooks/loading/plugin-scheme.ts";
import { FifoLog } from "../../log/fifo-log.ts";
import type { Exit } from "../../reaper/exit.ts";
import { cleanUp as cleanUpTask } from "../../task/ending/clean-up.ts";
import type { CleanUpRequest, Surroundings } from "../context.ts";
import { loadHooks } from "./hook-host.ts";
import { hostPlugins } from "./plugin-host.ts";
import { openRuntimeHost } from "./runtime-host.ts";
import type { RuntimeLoader } from "./runtimes.ts";

/** Does the work of `delete` for a container whose daemon is gone. Subreaper meanwhile: what it ends is its to reap. */
export async function cleanUp(
  request: CleanUpRequest,
  surroundings: Surroundings,
  adapters: RuntimeLoader,
  schemes: PluginSchemes = {},
): Promise<Exit> {
  const { config, libc } = surroundings;
  using log = new FifoLog({ debug: false });
  log.attach(request.id, request.bundle);
  await hostPlugins(config, log);
  using host = openRuntimeHost(surroundings, log, adapters);
  const { commands, runtimes } = host;
  using loaded = new DisposableStack();
  const hooks = async () => {
    const { hooks } = await loadHooks(surroundings, log, schemes);
    loaded.defer(() => hooks.close());
    return hooks;
  };
  return await cleanUpTask({ commands, log, hooks, libc, runtimeOf: (name) => runtimes.find(name) }, request);
}
