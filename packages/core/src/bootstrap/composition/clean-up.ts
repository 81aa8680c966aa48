import type { HookChain } from "../../hooks/chain/chain.ts";
import type { PluginSchemes } from "../../hooks/loader/plugin-scheme.ts";
import { FifoLog } from "../../log/fifo-log.ts";
import type { Exit } from "../../reaper/exit.ts";
import { cleanUp as cleanUpTask } from "../../task/ending/clean-up.ts";
import { pendingStages } from "../../task/ending/owed-hooks.ts";
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
  let chain: HookChain | undefined;
  const hooks = async () => {
    ({ hooks: chain } = await loadHooks(surroundings, { log, schemes }));
    return chain;
  };
  try {
    return await cleanUpTask({ commands, log, hooks, libc, runtimeOf: (name) => runtimes.find(name) }, request);
  } finally {
    const pending = pendingStages(request.bundle, chain);
    if (pending.length > 0)
      request.warn(`hooks of container ${request.id} have not ended in time: ${pending.join(", ")}`);
    // The process exits next, and would lose them.
    await chain?.flush(AbortSignal.timeout(Math.max(minFlushMs, Math.ceil(endsAt - performance.now()))));
    chain?.close();
  }
}
