import type { PluginSchemes } from "../../hooks/loading/plugin-scheme.ts";
import { FifoLog } from "../../log/fifo-log.ts";
import type { Exit } from "../../reaper/exit.ts";
import { cleanUp as cleanUpTask } from "../../task/ending/clean-up.ts";
import type { CleanUpRequest, Surroundings } from "../context.ts";
import { loadHooks } from "../hooks/load-hooks.ts";
import { prepareForPlugins } from "../plugins/expose-packages.ts";
import type { RuntimeLoader } from "../runtimes/runtimes.ts";
import { openStandaloneRuntimes } from "../runtimes/standalone-runtimes.ts";

/**
 * Does the work of `delete` for a container whose daemon is gone. Meanwhile this process is a subreaper: it must reap
 * the processes that it kills.
 */
export async function cleanUp(
  request: CleanUpRequest,
  surroundings: Surroundings,
  adapters: RuntimeLoader,
  schemes: PluginSchemes = {},
): Promise<Exit> {
  const { config, libc } = surroundings;
  using log = new FifoLog({ debug: false });
  log.attach(request.id, request.bundle);
  await prepareForPlugins(config, log);
  using host = openStandaloneRuntimes(surroundings, log, adapters);
  const { commands, runtimes } = host;
  using loaded = new DisposableStack();
  const hooks = async () => {
    const { hooks } = await loadHooks(surroundings, log, schemes);
    loaded.defer(() => hooks.close());
    return hooks;
  };
  return await cleanUpTask({ commands, log, hooks, libc, runtimeOf: (name) => runtimes.find(name) }, request);
}
