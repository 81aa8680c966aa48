import { extname } from "node:path";
import { pathToFileURL } from "node:url";
import { failedPrecondition } from "../../errors/errors.ts";
import { suggestion } from "../../errors/nearest.ts";
import type { Logger } from "../../log/logger.ts";
import type { BoundHook } from "../bound-hook.ts";
import { HookChain } from "../chain.ts";
import { type Hooks, type Plugin, pluginApiVersion } from "../plugin.ts";
import { isStage, type Stage, stages } from "../stages.ts";
import { issueText } from "../../runtime/standard-schema.ts";
import { trustedPath } from "./trusted-file.ts";

const defaultTimeoutMs = 1_000;
const loadTimeoutMs = 5_000;
const prefix = "module:";
const extensions = [".mjs", ".js", ".mts", ".ts"];

/** A plugin as the configuration names it. */
export interface PluginSource {
  readonly name: string;
  /** `module:` and the absolute path of a JavaScript or TypeScript module. */
  readonly use: string;
  readonly config?: unknown;
  /** Time for each of its hooks; default 1 s. */
  readonly timeoutMs?: number | undefined;
  /** Default: closed. Open also lets the daemon go on without a plugin that does not load. */
  readonly onError?: "closed" | "open" | undefined;
}

/** A plugin that was loaded, with its checked configuration. */
export interface LoadedPlugin {
  readonly source: PluginSource;
  readonly plugin: Plugin;
  readonly config: unknown;
}

/** The plugins of a daemon and their hooks. */
export interface LoadedPlugins {
  readonly plugins: readonly LoadedPlugin[];
  readonly hooks: HookChain;
}

/**
 * Loads the plugins in order. Never rejects: if one cannot be loaded, the hooks are a chain that refuses every Create with
 * the reason, FailedPrecondition, so that nothing runs without the policy it should have.
 */
export async function loadPlugins(sources: readonly PluginSource[], log: Logger): Promise<LoadedPlugins> {
  const plugins: LoadedPlugin[] = [];
  for (const source of sources) {
    try {
      plugins.push(await loadPlugin(source));
    } catch (error) {
      const reason = `plugin ${source.name} (${source.use}): ${(error as Error).message}`;
      log.error("plugin not loaded", { plugin: source.name, error: reason, stack: (error as Error).stack });
      if (source.onError !== "open")
        return { plugins, hooks: HookChain.failing(failedPrecondition(`dunnage: ${reason}`)) };
    }
  }
  return { plugins, hooks: toHookChain(plugins, log) };
}

/** Puts the hooks of all plugins in the order in which their stages run them. */
export function toHookChain(plugins: readonly LoadedPlugin[], log: Logger): HookChain {
  const hooks = new Map<Stage, BoundHook[]>();
  for (const { source, plugin, config } of plugins) {
    for (const [stage, run] of Object.entries(plugin.hooks ?? {}) as [Stage, BoundHook["run"] | undefined][]) {
      if (run === undefined) continue;
      const { name, timeoutMs = defaultTimeoutMs, onError = "closed" } = source;
      const bound = { plugin: name, config, timeoutMs, onError, run };
      const list = hooks.get(stage) ?? [];
      hooks.set(stage, stages[stage].kind === "post" ? [bound, ...list] : [...list, bound]);
    }
  }
  return hooks.size === 0 ? HookChain.none : new HookChain(hooks, log);
}

/**
 * Loads one plugin and checks its shape and its configuration.
 * @throws {Error} what is wrong, in words for the one who wrote the configuration or the plugin.
 */
export async function loadPlugin(source: PluginSource): Promise<LoadedPlugin> {
  const plugin = await importPlugin(source.use);
  return { source, plugin, config: await checkConfig(plugin, source.config ?? {}) };
}

/**
 * Loads the plugin that `use` names and checks its shape alone.
 * @throws {Error} as `loadPlugin`.
 */
export async function importPlugin(use: string): Promise<Plugin> {
  const exported = await importModule(toPath(use));
  return checkPlugin(exported["default"]);
}

function toPath(use: string): string {
  const path = use.slice(prefix.length);
  if (!use.startsWith(prefix) || !path.startsWith("/")) throw new Error("use must be module:/absolute/path");
  if (!extensions.includes(extname(path))) throw new Error(`the file must end in ${extensions.join(", ")}`);
  try {
    return trustedPath(path);
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === "ENOENT" ? new Error("no such file", { cause: error }) : error;
  }
}

// A module that awaits for ever at its top level must not keep the daemon from answering why it refuses to work.
async function importModule(path: string): Promise<Record<string, unknown>> {
  const late = Promise.withResolvers<never>();
  const text = `the module did not load within ${loadTimeoutMs} ms`;
  const timer = setTimeout(() => late.reject(new Error(text)), loadTimeoutMs);
  try {
    return await Promise.race([import(pathToFileURL(path).href), late.promise]);
  } catch (reason) {
    const error = reason instanceof Error ? reason : new Error(`the module threw ${String(reason)}`);
    throw error.message === text ? error : new Error(`does not load: ${error.message}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

function checkPlugin(exported: unknown): Plugin {
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
  checkHooks(plugin.hooks);
  return plugin as Plugin;
}

function checkHooks(hooks: Hooks | undefined): void {
  if (hooks === undefined) return;
  if (typeof hooks !== "object" || hooks === null) throw new Error("its hooks are no object");
  for (const [name, hook] of Object.entries(hooks)) {
    if (!isStage(name)) throw new Error(`unknown stage \`${name}\`${suggestion(name, Object.keys(stages))}`);
    if (hook !== undefined && typeof hook !== "function") throw new Error(`its hook ${name} is no function`);
  }
}

async function checkConfig(plugin: Plugin, config: unknown): Promise<unknown> {
  if (plugin.configSchema === undefined) return config;
  const result = await plugin.configSchema["~standard"].validate(config);
  if (result.issues === undefined) return result.value;
  throw new Error(`its config is not valid: ${result.issues.map(issueText).join("; ")}`);
}
