import { statSync } from "node:fs";
import { AuditLog } from "../../hooks/audit/audit-log.ts";
import type { HookChain } from "../../hooks/chain.ts";
import { LiveHooks } from "../../hooks/loading/live-hooks.ts";
import { type LoadedPlugins, loadPlugins } from "../../hooks/loading/load-plugins.ts";
import type { Logger } from "../../log/logger.ts";
import type { Config } from "../config/config.ts";
import { loadConfig } from "../config/config.ts";
import { lastChangeMs } from "../config/config-change.ts";
import { hostPlugins } from "./plugin-host.ts";

/** The hooks of a configuration, with its audit log. */
export async function loadHooks(config: Config, log: Logger): Promise<LoadedPlugins> {
  await hostPlugins(config, log);
  const audit = config.audit && new AuditLog(config.audit, log);
  const { packageRoots, hooks } = config;
  return await loadPlugins(config.plugins, { log, audit, denyCode: hooks.denyCode, packageRoots });
}

/** The hooks of a daemon, which follow the configuration at `path`, and the plugins that it began with. */
export async function openHooks(
  config: Config,
  path: string,
  log: Logger,
): Promise<{ readonly hooks: LiveHooks; readonly plugins: LoadedPlugins["plugins"] }> {
  let files = filesOf(config);
  const revision = (): string => [lastChangeMs(path), ...files.map(changedMs)].join();
  const first = revision();
  const { hooks, plugins } = await loadHooks(config, log);
  const load = async (): Promise<HookChain> => {
    const changed = await loadConfig({ path, packageRoots: config.packageRoots });
    files = filesOf(changed);
    const loaded = await loadHooks(changed, log);
    if (loaded.error !== undefined) throw loaded.error;
    return loaded.hooks;
  };
  return { hooks: new LiveHooks(hooks, first, { revision, load }, log), plugins };
}

const prefix = "module:";

const filesOf = (config: Config): readonly string[] =>
  config.plugins.filter(({ use }) => use.startsWith(prefix)).map(({ use }) => use.slice(prefix.length));

const changedMs = (file: string): number => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
