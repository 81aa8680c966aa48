import { LiveHooks, type StaleHooks } from "../../hooks/chain/live-hooks.ts";
import type { LoadedPlugins } from "../../hooks/loader/load-plugins.ts";
import type { PluginSchemes } from "../../hooks/loader/plugin-scheme.ts";
import type { Logger } from "../../log/logger.ts";
import type { DaemonContext, Surroundings } from "../context.ts";
import { showStaleHooks } from "../group/stale-hooks.ts";
import { ConfiguredHooks } from "./configured-hooks.ts";
import { loadHooks } from "./load-hooks.ts";

/** Returns the hooks of a daemon, which follow its configuration, and the plugins that it started with. */
export async function openHooks(
  context: Surroundings & Pick<DaemonContext, "daemonDir">,
  log: Logger,
  schemes: PluginSchemes,
): Promise<{ readonly hooks: LiveHooks; readonly plugins: LoadedPlugins["plugins"] }> {
  const source = new ConfiguredHooks(context, (config, events) =>
    loadHooks({ ...context, config }, { log, schemes, events }),
  );
  const { hooks, plugins, error, failures } = await source.first();
  const stale = error?.message ?? (failures.length > 0 ? failures.join("; ") : undefined);
  const onStale = (state: StaleHooks | undefined): void => {
    try {
      showStaleHooks(context.daemonDir, state);
    } catch (reason) {
      log.warn("stale hooks not shown", { error: reason });
    }
  };
  return { hooks: new LiveHooks(hooks, source, { log, stale, onStale }), plugins };
}
