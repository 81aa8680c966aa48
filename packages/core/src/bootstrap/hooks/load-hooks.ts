import type { AuditSink } from "../../hooks/audit/audit-entry.ts";
import { AuditLog } from "../../hooks/audit/audit-log.ts";
import { type LoadedPlugins, type LoadOptions, loadPlugins } from "../../hooks/loader/load-plugins.ts";
import type { PluginSchemes } from "../../hooks/loader/plugin-scheme.ts";
import { RequestRecorder, type RequestSink } from "../../hooks/recording/request-recorder.ts";
import type { Logger } from "../../log/logger.ts";
import type { Config } from "../config/config.ts";
import type { Surroundings } from "../context.ts";
import { prepareForPlugins } from "../plugins/expose-packages.ts";
import { withOwnSchemes } from "../plugins/hook-servers.ts";
import { isolateWith } from "../plugins/isolate-with.ts";
import type { LoadingEvents } from "./configured-hooks.ts";

/** What hooks are loaded with. */
export interface HookDeps {
  readonly log: Logger;
  readonly schemes: PluginSchemes;
}

/** Loads the hooks of a configuration, with its audit log and its recording of requests. */
export async function loadHooks(
  surroundings: Surroundings,
  { log, schemes, events }: HookDeps & { readonly events?: LoadingEvents },
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
 * Loads the hooks of a configuration. The caller says where their decisions go: nothing is written unless requested.
 * Without `isolate`, all plugins run in this process.
 */
export async function loadChain(config: Config, options: ChainOptions): Promise<LoadedPlugins> {
  const plugins = options.isolate ? config.plugins : config.plugins.map((each) => ({ ...each, isolation: undefined }));
  await prepareForPlugins({ ...config, plugins }, options.log);
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

/** Options and dependencies of the hooks of a configuration. */
export interface ChainOptions extends HookDeps, Pick<LoadOptions, "isolate" | "libc" | "watch" | "changed"> {
  readonly audit?: AuditSink | undefined;
  readonly requests?: RequestSink | undefined;
}
