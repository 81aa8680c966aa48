import { pathToFileURL } from "node:url";
import type { StatusError } from "@dunnage/ttrpc";
import { failedPrecondition } from "../../errors/errors.ts";
import { suggestion } from "../../errors/nearest.ts";
import type { Logger } from "../../log/logger.ts";
import { issueText } from "../../runtime/standard-schema.ts";
import { type ChainOptions, HookChain } from "../chain/chain.ts";
import { isMutable, isStage, type Stage, stages } from "../event/stages.ts";
import { type Bindable, bindHooks, type HookPolicy, type OpenPlugin } from "../plugin/bind-hooks.ts";
import { type Hooks, type Plugin, pluginApiVersion } from "../plugin/plugin.ts";
import { identityText, readIdentity } from "./file-identity.ts";
import { withinLoadLimits } from "./load-limit.ts";
import { findPluginFile, pluginPath } from "./plugin-file.ts";
import { type Ordered, orderPlugins } from "./plugin-order.ts";
import { fileOf, loadByScheme, type PluginLoading, type PluginSchemes } from "./plugin-scheme.ts";
import { type PeerLibc, requireTrustedPeer } from "./trusted-peer.ts";

/** A plugin that takes longer to load is logged: calls wait for it. */
const slowLoadMs = 5_000;

/** A plugin as the configuration names it. */
export interface PluginSource extends HookPolicy, Ordered {
  /**
   * `module:` and the absolute path of a JavaScript or TypeScript module, `package:` and the name of an npm package, or
   * one of the schemes that the program knows.
   */
  readonly use: string;
  readonly config?: unknown;
  /** Whether no container is created without it, whatever `onError` says. Default: false. */
  readonly required?: boolean | undefined;
  /** If set, its hooks run in a process of their own that may use this much memory. Default: they run in the daemon. */
  readonly isolation?: { readonly memoryBytes: number } | undefined;
}

/** A loaded plugin with its checked configuration. */
export interface LoadedPlugin {
  readonly source: PluginSource;
  readonly plugin: OpenPlugin;
  readonly config: unknown;
  /** Files that its configuration names: see `Plugin.files`. */
  readonly files: readonly string[];
}

/** The plugins of a daemon and their hooks. */
export interface LoadedPlugins {
  readonly plugins: readonly LoadedPlugin[];
  readonly hooks: HookChain;
  /** Why `hooks` refuses every stage that may deny; undefined if it does not. */
  readonly error?: StatusError;
  /** For each plugin that the daemon continues without: why it was not loaded. */
  readonly failures: readonly string[];
}

/**
 * Loads the plugins in order. Never rejects. If one cannot be loaded, the hooks are a chain that refuses every Create
 * with FailedPrecondition and the reason. So no container runs without the policy that it should have.
 */
export async function loadPlugins(sources: readonly PluginSource[], options: LoadOptions): Promise<LoadedPlugins> {
  const { log } = options;
  const plugins: LoadedPlugin[] = [];
  const failures: string[] = [];
  const failing = (reason: string): LoadedPlugins => {
    const error = failedPrecondition(`dunnage: ${reason}`);
    for (const { plugin } of plugins) plugin[Symbol.dispose]?.();
    return { plugins, hooks: HookChain.failing(error, options), error, failures };
  };
  let ordered: readonly PluginSource[];
  try {
    ordered = orderPlugins(sources);
  } catch (error) {
    return failing((error as Error).message);
  }
  for (const source of ordered) {
    if (source.mode === "off") continue;
    try {
      plugins.push(await loadAndLog(source, options));
    } catch (error) {
      const reason = `plugin ${source.name} (${source.use}): ${(error as Error).message}`;
      log.error("plugin not loaded", { plugin: source.name, error: reason, stack: (error as Error).stack });
      if (source.required || source.onError !== "open") return failing(reason);
      failures.push(reason);
    }
  }
  return { plugins, hooks: toHookChain(plugins, options), failures };
}

async function loadAndLog(source: PluginSource, options: LoadOptions): Promise<LoadedPlugin> {
  const note = (): void => options.log.warn("plugin is still loading, calls wait for it", { plugin: source.name });
  const timer = setTimeout(note, slowLoadMs);
  try {
    return await loadPlugin(source, options);
  } finally {
    clearTimeout(timer);
  }
}

/** Options for loading, in addition to those of the chain. */
export type LoadOptions = Omit<ChainOptions, "error" | "resources"> & {
  readonly log: Logger;
  /** See `findPluginFile`; default: none. */
  readonly packageRoots?: readonly string[];
  /** Schemes in addition to `module:` and `package:`. */
  readonly schemes?: PluginSchemes;
  /** Loads a plugin into a process of its own. Default: isolation is not available. */
  readonly isolate?: (source: PluginSource, loading: PluginLoading) => Promise<OpenPlugin>;
  /** See `PluginLoading.checkPeer`. */
  readonly libc?: PeerLibc | undefined;
  /** See `PluginLoading`. */
  readonly watch?: (path: string) => void;
  /** See `PluginLoading`. */
  readonly changed?: () => void;
};

/** Returns the chain of the loaded plugins. */
export function toHookChain(plugins: readonly Bindable[], options: ChainOptions): HookChain {
  const hooks = bindHooks(plugins);
  const resources = plugins.map(({ plugin }) => plugin).filter(isDisposable);
  return hooks.size + resources.length === 0 ? HookChain.none : new HookChain(hooks, { ...options, resources });
}

const isDisposable = (plugin: Partial<Disposable>): plugin is Disposable => plugin[Symbol.dispose] !== undefined;

/**
 * Loads one plugin and checks its shape and its configuration.
 * @throws {Error} what is wrong, with a message for the author of the configuration or of the plugin.
 */
export async function loadPlugin(source: PluginSource, options: LoadOptions): Promise<LoadedPlugin> {
  const { packageRoots = [], schemes = {} } = options;
  const { name, use, config = {} } = source;
  const loading: PluginLoading = {
    name,
    config,
    log: options.log,
    checkPeer: (socket) => options.libc && requireTrustedPeer(socket, options.libc),
    watch: (path) => options.watch?.(path),
    changed: () => options.changed?.(),
  };
  const file = pluginPath(use, packageRoots) ?? fileOf(schemes, use);
  if (file !== undefined) loading.watch(file);
  if (source.isolation !== undefined) {
    if (options.isolate === undefined) throw new Error("isolation is not available here");
    return { source, plugin: await options.isolate(source, loading), config, files: [] };
  }
  const found = await loadByScheme(schemes, use, loading);
  const plugin = found === undefined ? await importPlugin(use, packageRoots) : checkPlugin(found);
  const files = plugin.files?.(config) ?? [];
  for (const file of files) loading.watch(file);
  return { source, plugin, config: await checkConfig(plugin, config), files };
}

/**
 * Loads the plugin that `use` names and checks only its shape.
 * @throws {Error} as `loadPlugin`.
 */
export async function importPlugin(use: string, packageRoots: readonly string[]): Promise<Plugin> {
  const exported = await importModule(findPluginFile(use, packageRoots));
  return checkPlugin(exported["default"]);
}

/** How often each file has failed to load in its present state, by its URL. */
const failures = new Map<string, number>();

async function importModule(path: string): Promise<Record<string, unknown>> {
  const url = urlOf(path);
  try {
    return await withinLoadLimits(import(url.href));
  } catch (reason) {
    failures.set(url.path, (failures.get(url.path) ?? 0) + 1);
    const error = reason instanceof Error ? reason : new Error(`the module threw ${String(reason)}`);
    throw new Error(`does not load: ${error.message}`, { cause: error });
  }
}

/**
 * Returns a URL of the file in its present state. Node loads a module once for each URL, and the file may have changed
 * since. Node also keeps a failure for each URL, although its cause may have gone.
 */
function urlOf(path: string): { readonly path: string; readonly href: string } {
  const url = pathToFileURL(path);
  url.searchParams.set("changed", identityText(readIdentity(path)));
  const unchanged = url.href;
  const failed = failures.get(unchanged);
  if (failed !== undefined) url.searchParams.set("attempt", String(failed + 1));
  return { path: unchanged, href: url.href };
}

function checkPlugin(exported: unknown): OpenPlugin {
  if (typeof exported !== "object" || exported === null) {
    throw new Error("its default export is no plugin; write: export default definePlugin({ … })");
  }
  const plugin = exported as Partial<Plugin>;
  if (plugin.apiVersion !== pluginApiVersion) {
    throw new Error(`it wants apiVersion ${String(plugin.apiVersion)}, this is ${pluginApiVersion}`);
  }
  if (typeof plugin.name !== "string" || plugin.name === "") throw new Error("its name must be a text");
  if (plugin.configSchema !== undefined && typeof plugin.configSchema["~standard"]?.validate !== "function") {
    throw new Error("its configSchema is no Standard Schema");
  }
  if (plugin.runtime !== undefined && typeof plugin.runtime !== "function")
    throw new Error("its runtime is no function");
  if (plugin.files !== undefined && typeof plugin.files !== "function") throw new Error("its files is no function");
  checkHooks(plugin.hooks);
  return plugin as Plugin;
}

function checkHooks(hooks: Hooks | undefined): void {
  if (hooks === undefined) return;
  if (typeof hooks !== "object" || hooks === null) throw new Error("its hooks are no object");
  for (const [name, hook] of Object.entries(hooks)) {
    if (!isStage(name)) throw new Error(`unknown stage \`${name}\`${suggestion(name, Object.keys(stages))}`);
    for (const one of Array.isArray(hook) ? hook : [hook]) if (one !== undefined) checkHook(name, one);
  }
}

function checkHook(stage: Stage, hook: unknown): void {
  if (typeof hook === "function") return;
  const { handler, phase = "act", order } = (hook ?? {}) as Record<string, unknown>;
  if (typeof handler !== "function") throw new Error(`its hook ${stage} is no function and has no handler`);
  if (phase !== "mutate" && phase !== "validate" && phase !== "act") {
    throw new Error(
      `its hook ${stage} has the unknown phase ${JSON.stringify(phase)}; there are mutate, validate and act`,
    );
  }
  if (phase === "mutate" && !isMutable(stage))
    throw new Error(`its hook ${stage} cannot mutate: nothing can be changed there`);
  if (order !== undefined && order !== "pre" && order !== "post")
    throw new Error(`its hook ${stage} has an order that is neither pre nor post`);
}

async function checkConfig(plugin: Plugin, config: unknown): Promise<unknown> {
  if (plugin.configSchema === undefined) return config;
  const result = await plugin.configSchema["~standard"].validate(config);
  if (result.issues === undefined) return result.value;
  throw new Error(`its config is not valid: ${result.issues.map(issueText).join("; ")}`);
}
