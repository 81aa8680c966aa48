import { statSync } from "node:fs";
import type { AuditSink } from "../../hooks/audit/audit-entry.ts";
import { AuditLog } from "../../hooks/audit/audit-log.ts";
import type { HookChain } from "../../hooks/chain.ts";
import { LiveHooks } from "../../hooks/loading/live-hooks.ts";
import { type LoadedPlugins, type LoadOptions, loadPlugins } from "../../hooks/loading/load-plugins.ts";
import { fileOf, type PluginSchemes } from "../../hooks/loading/plugin-scheme.ts";
import { RequestRecorder, type RequestSink } from "../../hooks/requests/request-recorder.ts";
import type { Logger } from "../../log/logger.ts";
import type { Config } from "../config/config.ts";
import { loadConfig } from "../config/config.ts";
import { lastChangeMs } from "../config/config-change.ts";
import type { Surroundings } from "../context.ts";
import { isolateWith, withOwnSchemes } from "./hooks-elsewhere.ts";
import { hostPlugins } from "./plugin-host.ts";

/**
 * The hooks of a configuration, with its audit log and its recording of requests. `changed` is called when servers of hooks want
 * others.
 */
export async function loadHooks(
  surroundings: Surroundings,
  log: Logger,
  schemes: PluginSchemes,
  changed: () => void = () => {},
): Promise<LoadedPlugins> {
  const { audit, record } = surroundings.config;
  return await loadChain(surroundings.config, {
    log,
    schemes,
    libc: surroundings.libc,
    audit: audit && new AuditLog(audit, log),
    requests: record && new RequestRecorder(record, log),
    isolate: isolateWith(surroundings),
    changed,
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
export interface ChainHost extends Pick<LoadOptions, "isolate" | "libc" | "changed"> {
  readonly log: Logger;
  readonly schemes: PluginSchemes;
  readonly audit?: AuditSink | undefined;
  readonly requests?: RequestSink | undefined;
}

/** The hooks of a daemon, which follow its configuration, and the plugins that it began with. */
export async function openHooks(
  surroundings: Surroundings,
  log: Logger,
  schemes: PluginSchemes,
): Promise<{ readonly hooks: LiveHooks; readonly plugins: LoadedPlugins["plugins"] }> {
  const { config, configPath: path } = surroundings;
  let files = filesOf(config, schemes);
  let changes = 0;
  const changed = (): void => void changes++;
  const revision = (): string => [changes, lastChangeMs(path), ...files.map(changedMs)].join();
  const first = revision();
  const { hooks, plugins } = await loadHooks(surroundings, log, schemes, changed);
  const load = async (): Promise<HookChain> => {
    const now = await loadConfig({ path, packageRoots: config.packageRoots });
    files = filesOf(now, schemes);
    const loaded = await loadHooks({ ...surroundings, config: now }, log, schemes, changed);
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
