import { statSync } from "node:fs";
import type { AuditSink } from "../../hooks/audit/audit-entry.ts";
import { AuditLog } from "../../hooks/audit/audit-log.ts";
import type { HookChain } from "../../hooks/chain.ts";
import { LiveHooks } from "../../hooks/loading/live-hooks.ts";
import { type LoadedPlugins, loadPlugins } from "../../hooks/loading/load-plugins.ts";
import { fileOf, type PluginSchemes } from "../../hooks/loading/plugin-scheme.ts";
import { RequestRecorder, type RequestSink } from "../../hooks/requests/request-recorder.ts";
import type { Logger } from "../../log/logger.ts";
import type { Config } from "../config/config.ts";
import { loadConfig } from "../config/config.ts";
import { lastChangeMs } from "../config/config-change.ts";
import type { Surroundings } from "../context.ts";
import { hostPlugins } from "./plugin-host.ts";

/** The hooks of a configuration, with its audit log and its recording of requests. */
export async function loadHooks(config: Config, log: Logger, schemes: PluginSchemes): Promise<LoadedPlugins> {
  const { audit, record } = config;
  return await loadChain(config, {
    log,
    schemes,
    audit: audit && new AuditLog(audit, log),
    requests: record && new RequestRecorder(record, log),
  });
}

/** The hooks of a configuration, whose decisions go where the caller says: nothing is written that is not asked for. */
export async function loadChain(config: Config, options: ChainHost): Promise<LoadedPlugins> {
  await hostPlugins(config, options.log);
  const { packageRoots, hooks } = config;
  return await loadPlugins(config.plugins, { ...options, denyCode: hooks.denyCode, packageRoots });
}

/** What the hooks of a configuration work with. */
export interface ChainHost {
  readonly log: Logger;
  readonly schemes: PluginSchemes;
  readonly audit?: AuditSink | undefined;
  readonly requests?: RequestSink | undefined;
}

/** The hooks of a daemon, which follow its configuration, and the plugins that it began with. */
export async function openHooks(
  { config, configPath: path }: Pick<Surroundings, "config" | "configPath">,
  log: Logger,
  schemes: PluginSchemes,
): Promise<{ readonly hooks: LiveHooks; readonly plugins: LoadedPlugins["plugins"] }> {
  let files = filesOf(config, schemes);
  const revision = (): string => [lastChangeMs(path), ...files.map(changedMs)].join();
  const first = revision();
  const { hooks, plugins } = await loadHooks(config, log, schemes);
  const load = async (): Promise<HookChain> => {
    const changed = await loadConfig({ path, packageRoots: config.packageRoots });
    files = filesOf(changed, schemes);
    const loaded = await loadHooks(changed, log, schemes);
    if (loaded.error !== undefined) throw loaded.error;
    return loaded.hooks;
  };
  return { hooks: new LiveHooks(hooks, first, { revision, load }, log), plugins };
}

const prefix = "module:";

function filesOf(config: Config, schemes: PluginSchemes): readonly string[] {
  return config.plugins.flatMap(({ use }) =>
    use.startsWith(prefix) ? use.slice(prefix.length) : (fileOf(schemes, use) ?? []),
  );
}

const changedMs = (file: string): number => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
