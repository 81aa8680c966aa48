import type { AuditSink } from "../../hooks/audit/audit-entry.ts";
import { AuditLog } from "../../hooks/audit/audit-log.ts";
import { LiveHooks, type StaleHooks } from "../../hooks/loading/live-hooks.ts";
import { type LoadedPlugins, type LoadOptions, loadPlugins } from "../../hooks/loading/load-plugins.ts";
import type { PluginSchemes } from "../../hooks/loading/plugin-scheme.ts";
import { RequestRecorder, type RequestSink } from "../../hooks/requests/request-recorder.ts";
import type { Logger } from "../../log/logger.ts";
import type { Config } from "../config/config.ts";
import type { DaemonContext, Surroundings } from "../context.ts";
import { showStaleHooks } from "../group/stale-hooks.ts";
import { ConfiguredHooks, type LoadingEvents } from "./configured-hooks.ts";
import { isolateWith, withOwnSchemes } from "./hooks-elsewhere.ts";
import { hostPlugins } from "./plugin-host.ts";

/** The hooks of a configuration, with its audit log and its recording of requests. */
export async function loadHooks(
  surroundings: Surroundings,
  log: Logger,
  schemes: PluginSchemes,
  events?: LoadingEvents,
): Promise<LoadedPlugins> {
  const { audit, record } = surroundings.config;
  return await loadChain(surroundings.config, {
    log,
    schemes,
    libc: surroundings.libc,
    audit: audit && new AuditLog(audit, log),
    requests: record && new RequestRecorder(record, log),
    isolate: isolateWith(surroundings),
    ...events,
  });
}

/**
 * The hooks of a configuration, whose decisions go where the caller says: nothing is written that is not asked for. Without
 * `isolate` all plugins run here.
 */
export async function loadChain(config: Config, options: ChainHost): Promise<LoadedPlugins> {
  const plugins = options.isolate ? config.plugins : config.plugins.map((each) => ({ ...each, isolation: undefined }));
  await hostPlugins({ ...config, plugins }, options.log);
  const { packageRoots, hooks } = config;
  const schemes = withOwnSchemes(options.schemes);
  return await loadPlugins(plugins, {
    ...options,
    schemes,
    denyCode: hooks.denyCode,
    exempt: hooks.exempt,
    packageRoots,
  });
}

/** What the hooks of a configuration work with. */
export interface ChainHost extends Pick<LoadOptions, "isolate" | "libc" | "watch" | "changed"> {
  readonly log: Logger;
  readonly schemes: PluginSchemes;
  readonly audit?: AuditSink | undefined;
  readonly requests?: RequestSink | undefined;
}

/** The hooks of a daemon, which follow its configuration, and the plugins that it began with. */
export async function openHooks(
  context: Surroundings & Pick<DaemonContext, "daemonDir">,
  log: Logger,
  schemes: PluginSchemes,
): Promise<{ readonly hooks: LiveHooks; readonly plugins: LoadedPlugins["plugins"] }> {
  const source = new ConfiguredHooks(context, (config, events) =>
    loadHooks({ ...context, config }, log, schemes, events),
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
