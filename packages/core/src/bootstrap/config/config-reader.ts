import type { HookMatch } from "../../hooks/plugin/plugin.ts";
import { isTable } from "../../spec/table.ts";
import type { Config, PluginConfig, RuntimeConfig } from "./config.ts";
import { ConfigError } from "./config-error.ts";
import { type ConfigFile, readConfigFile } from "./config-file.ts";
import type { FileConfig } from "./config-schema.ts";
import { pluginProblems } from "./plugin-rules.ts";

/**
 * Reads and merges existing files. Keys that no file sets come from `defaults`.
 * @throws {ConfigError} with every problem of every file; if no file has any, with those of all files together.
 */
export function readConfig(paths: readonly string[], defaults: Config): Config {
  const problems: string[] = [];
  const files: ConfigFile[] = [];
  for (const path of paths) {
    try {
      files.push(readConfigFile(path));
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      problems.push(...error.problems);
    }
  }
  const config = merge(files, defaults);
  // A file that cannot be read may define the plugin, so it is not reported as missing.
  if (problems.length === 0) problems.push(...pluginProblems(files, config));
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

const lastOf =
  (files: readonly ConfigFile[]) =>
  <T>(pick: (config: FileConfig) => T | undefined, otherwise: T): T =>
    files.map(({ config }) => pick(config)).findLast((value) => value !== undefined) ?? otherwise;

function merge(files: readonly ConfigFile[], defaults: Config): Config {
  const last = lastOf(files);
  return {
    grouping: last(({ grouping }) => grouping, defaults.grouping),
    cap: last(({ cap }) => cap, defaults.cap),
    lingerMs: last(({ linger }) => linger, defaults.lingerMs),
    answer: last(({ answer }) => answer, defaults.answer),
    stdio: mergeStdio(files, defaults.stdio),
    runtimes: mergeRuntimes(files),
    hooks: mergeHooks(files, defaults.hooks),
    ...mergeAudit(files),
    plugins: mergePlugins(files, defaults.hooks),
    packageRoots: defaults.packageRoots,
    files: files.map(({ path }) => path),
  };
}

function mergeStdio(files: readonly ConfigFile[], defaults: Config["stdio"]): Config["stdio"] {
  const last = lastOf(files);
  return {
    mode: last(({ stdio }) => stdio?.mode, defaults.mode),
    drainTimeoutMs: last(({ stdio }) => stdio?.drain_timeout, defaults.drainTimeoutMs),
    whenReaderIsAway: last(({ stdio }) => stdio?.when_reader_is_away, defaults.whenReaderIsAway),
    dropBufferBytes: last(({ stdio }) => stdio?.drop_buffer, defaults.dropBufferBytes),
    loggerReadyTimeoutMs: last(({ stdio }) => stdio?.logger_ready_timeout, defaults.loggerReadyTimeoutMs),
  };
}

function mergeRuntimes(files: readonly ConfigFile[]): Config["runtimes"] {
  const tables: Record<string, Record<string, unknown>> = {};
  for (const { config } of files) {
    for (const [name, table] of Object.entries(config.runtimes ?? {})) {
      tables[name] = mergeTables(tables[name] ?? {}, table);
    }
  }
  return Object.fromEntries(Object.entries(tables).map(([name, table]) => [name, toRuntimeConfig(name, table)]));
}

function mergeTables(into: Record<string, unknown>, from: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const merged = { ...into };
  for (const [key, value] of Object.entries(from)) {
    const before = merged[key];
    merged[key] = isTable(before) && isTable(value) ? mergeTables(before, value) : value;
  }
  return merged;
}

function toRuntimeConfig(name: string, table: Partial<RuntimeConfig>): RuntimeConfig {
  const { use = `builtin:${name}`, binary, root, config = {} } = table;
  return { use, binary, root, config };
}

/**
 * The audit log is written if any file has its table. Requests are recorded if the table names a directory for them.
 */
function mergeAudit(files: readonly ConfigFile[]): Pick<Config, "audit" | "record"> {
  const tables = files.flatMap(({ config }) => config.audit ?? []);
  if (tables.length === 0) return { audit: undefined, record: undefined };
  const table = Object.assign({}, ...tables) as (typeof tables)[number];
  const audit = {
    path: table.path ?? "/var/log/dunnage/audit.jsonl",
    allowSample: table.allow_sample ?? 1,
    argv: table.argv ?? "head",
    maxSizeBytes: table.max_size ?? 64 * 2 ** 20,
    keep: table.keep ?? 5,
  };
  return {
    audit,
    record: table.record === undefined ? undefined : { directory: table.record, keep: table.record_keep ?? 1_000 },
  };
}

function mergeHooks(files: readonly ConfigFile[], defaults: Config["hooks"]): Config["hooks"] {
  const last = lastOf(files);
  return {
    mode: last(({ hooks }) => hooks?.mode, defaults.mode),
    onError: last(({ hooks }) => hooks?.on_error, defaults.onError),
    timeoutMs: last(({ hooks }) => hooks?.timeout, defaults.timeoutMs),
    denyCode: last(({ hooks }) => hooks?.deny_code, defaults.denyCode),
    required: [...new Set(files.flatMap(({ config }) => config.hooks?.required ?? defaults.required))],
    exempt: {
      namespaces: last(({ hooks }) => hooks?.exempt?.namespaces, defaults.exempt.namespaces),
      pods: last(({ hooks }) => hooks?.exempt?.pods, defaults.exempt.pods),
    },
  };
}

/** Settings for all plugins in later files do not affect a locked plugin. */
function mergePlugins(files: readonly ConfigFile[], defaults: Config["hooks"]): readonly PluginConfig[] {
  const hooks = mergeHooks(files, defaults);
  return files.flatMap(({ config }, i) => {
    const soFar = mergeHooks(files.slice(0, i + 1), defaults);
    return (config.plugin ?? []).map((table) => ({
      ...toPluginConfig(table, table.locked ? soFar : hooks),
      required: hooks.required.includes(table.name),
    }));
  });
}

const modes = ["off", "audit", "enforce"] as const;

/** The mode of a plugin is never above the mode of all plugins. */
function toPluginConfig(table: PluginTable, hooks: Config["hooks"]): PluginConfig {
  const { name, use, config, timeout, on_error, mode = "enforce", order, before, after, override, match } = table;
  const { isolation, memory = 128 * 2 ** 20, locked = false } = table;
  return {
    name,
    use,
    config: config ?? {},
    mode: modes[Math.min(modes.indexOf(mode), modes.indexOf(hooks.mode))],
    timeoutMs: timeout ?? hooks.timeoutMs,
    onError: on_error ?? hooks.onError,
    order,
    before,
    after,
    override,
    match: match as HookMatch | undefined,
    locked,
    isolation: isolation === "process" ? { memoryBytes: memory } : undefined,
  };
}

type PluginTable = NonNullable<FileConfig["plugin"]>[number];
