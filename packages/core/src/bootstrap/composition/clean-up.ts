import type { LoadedPlugins } from "../../hooks/loader/load-plugins.ts";
import type { PluginSchemes } from "../../hooks/loader/plugin-scheme.ts";
import { attempt } from "../../log/attempt.ts";
import { FifoLog } from "../../log/fifo-log.ts";
import type { Exit } from "../../reaper/exit.ts";
import { cleanUp as cleanUpTask } from "../../task/ending/clean-up.ts";
import { pendingStages } from "../../task/ending/owed-hooks.ts";
import type { Config } from "../config/config.ts";
import type { CleanUpRequest, Surroundings } from "../context.ts";
import { loadHooks } from "../hooks/load-hooks.ts";
import { prepareForPlugins } from "../plugins/expose-packages.ts";
import type { RuntimeLoader } from "../runtimes/runtimes.ts";
import { openStandaloneRuntimes } from "../runtimes/standalone-runtimes.ts";

/** The audit log gets this much even if the time has passed: its lines are small. */
const minFlushMs = 100;

/** What loads the parts that the configuration names. */
interface Loaders {
  readonly adapters: RuntimeLoader;
  /** Default: none. */
  readonly schemes?: PluginSchemes;
}

/**
 * Does the work of `delete` for a container whose daemon is gone. Meanwhile this process is a subreaper: it must reap
 * the processes that it kills.
 */
export async function cleanUp(
  request: CleanUpRequest,
  surroundings: Surroundings,
  { adapters, schemes = {} }: Loaders,
): Promise<Exit> {
  const { config, libc } = surroundings;
  const endsAt = performance.now() + request.limitMs;
  using log = new FifoLog({ debug: false });
  log.attach(request.id, request.bundle);
  await prepareForPlugins(config, log);
  using host = openStandaloneRuntimes(surroundings, log, adapters);
  const { commands, runtimes } = host;
  let loaded: LoadedPlugins | undefined;
  const hooks = async () => {
    loaded = await loadHooks(surroundings, { log, schemes });
    return loaded.hooks;
  };
  try {
    return await cleanUpTask({ commands, log, hooks, libc, runtimeOf: (name) => runtimes.find(name) }, request);
  } finally {
    attempt({ log, message: "pending hooks not reported", fields: { id: request.id } }, () =>
      warnOfPending(request, config, loaded),
    );
    // The process exits next, and would lose them.
    await loaded?.hooks.flush(AbortSignal.timeout(Math.max(minFlushMs, Math.ceil(endsAt - performance.now()))));
    loaded?.hooks.close();
  }
}

/** Names the hooks that were not run to their end: containerd removes the bundle, and no other `delete` runs them. */
function warnOfPending({ id, bundle, warn }: CleanUpRequest, { plugins }: Config, loaded?: LoadedPlugins): void {
  if (plugins.length === 0) return;
  const notLoaded = loaded && [...(loaded.error ? [loaded.error.message] : []), ...loaded.failures];
  const pending = pendingStages(bundle, loaded?.hooks);
  if (notLoaded?.length) warn(`hooks of container ${id} have not run: ${notLoaded.join("; ")}`);
  if (pending.length > 0) warn(`hooks of container ${id} have not ended in time: ${pending.join(", ")}`);
}
