import { readFileSync } from "node:fs";
import { parse, TomlError } from "smol-toml";
import { suggestion } from "../../errors/nearest.ts";
import { trustedPath } from "../../hooks/loading/trusted-file.ts";
import type { HookMatch } from "../../hooks/plugin.ts";
import type { Config, PluginConfig, RuntimeConfig } from "./config.ts";
import { ConfigError } from "./config-error.ts";
import { checkFile, type FileConfig, keysOf, type Problem } from "./config-schema.ts";
import { lineOf } from "./toml-lines.ts";

interface ConfigFile {
  readonly path: string;
  readonly text: string;
  readonly config: FileConfig;
}

/**
 * Reads and merges files that exist; what they do not say comes from `defaults`.
 * @throws {ConfigError} with every problem of every file.
 */
export function readConfig(paths: readonly string[], defaults: Config): Config {
  const problems: string[] = [];
  const files: ConfigFile[] = [];
  for (const path of paths) {
    try {
      files.push(readFile(path));
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      problems.push(...error.problems);
    }
  }
  problems.push(...repeatedPlugins(files));
  if (problems.length > 0) throw new ConfigError(problems);
  return merge(files, defaults);
}

function readFile(path: string): ConfigFile {
  const text = readTrusted(path);
  const result = checkFile(parseToml(path, text));
  if ("config" in result) return { path, text, config: result.config };
  const problems = result.problems.map((problem) => ({ problem, line: lineOf(text, problem.path) }));
  problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
  throw new ConfigError(
    problems.map(({ problem, line }) => describe(problem, line === undefined ? path : `${path}:${line}`)),
  );
}

function readTrusted(path: string): string {
  try {
    return readFileSync(trustedPath(path), "utf8");
  } catch (cause) {
    throw new ConfigError([`${path}: ${(cause as Error).message}`], { cause });
  }
}

function parseToml(path: string, text: string): unknown {
  try {
    return parse(text);
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw new ConfigError([`${path}: ${(cause as Error).message}`], { cause });
    const [why = ""] = cause.message.split("\n");
    throw new ConfigError([`${path}:${cause.line}:${cause.column}: ${why.replace("Invalid TOML document: ", "")}`], {
      cause,
    });
  }
}

/** One line: `/etc/dunnage/config.toml:7: unknown key `linge` in the top table; did you mean `linger`?` */
function describe({ path, kind, message }: Problem, where: string): string {
  const table = path.slice(0, -1);
  const key = String(path.at(-1) ?? "");
  switch (kind) {
    case "unknown":
      return `${where}: unknown key \`${key}\` in ${tableText(table)}${suggestion(key, keysOf(table))}`;
    case "missing":
      return `${where}: key \`${key}\` is missing in ${tableText(table)}`;
    case "wrong":
      return path.length === 0 ? `${where}: ${message}` : `${where}: \`${keyText(path)}\` ${message}`;
  }
}

function tableText(path: Problem["path"]): string {
  if (path.length === 0) return "the top table";
  return typeof path.at(-1) === "number" ? `[[${keyText(path)}]]` : `[${keyText(path)}]`;
}

function keyText(path: Problem["path"]): string {
  return path.filter((step) => typeof step === "string").join(".");
}

function repeatedPlugins(files: readonly ConfigFile[]): string[] {
  const first = new Map<string, string>();
  const problems: string[] = [];
  for (const { path, text, config } of files) {
    config.plugin?.forEach(({ name }, i) => {
      const where = `${path}:${lineOf(text, ["plugin", i, "name"])}`;
      const earlier = first.get(name);
      if (earlier === undefined) first.set(name, where);
      else problems.push(`${where}: \`plugin.name\` "${name}" is taken already, at ${earlier}`);
    });
  }
  return problems;
}

const lastOf =
  (files: readonly ConfigFile[]) =>
  <T>(pick: (config: FileConfig) => T | undefined, otherwise: T): T =>
    files.map(({ config }) => pick(config)).findLast((value) => value !== undefined) ?? otherwise;

function merge(files: readonly ConfigFile[], defaults: Config): Config {
  const last = lastOf(files);
  const hooks: Config["hooks"] = {
    mode: last(({ hooks }) => hooks?.mode, defaults.hooks.mode),
    onError: last(({ hooks }) => hooks?.on_error, defaults.hooks.onError),
    timeoutMs: last(({ hooks }) => hooks?.timeout, defaults.hooks.timeoutMs),
    denyCode: last(({ hooks }) => hooks?.deny_code, defaults.hooks.denyCode),
  };
  return {
    grouping: last(({ grouping }) => grouping, defaults.grouping),
    cap: last(({ cap }) => cap, defaults.cap),
    lingerMs: last(({ linger }) => linger, defaults.lingerMs),
    answer: last(({ answer }) => answer, defaults.answer),
    stdio: mergeStdio(files, defaults.stdio),
    runtimes: mergeRuntimes(files),
    hooks,
    ...mergeAudit(files),
    plugins: files.flatMap(({ config }) => config.plugin ?? []).map((table) => toPluginConfig(table, hooks)),
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
    for (const [name, table] of Object.entries(config.runtimes ?? {}))
      tables[name] = mergeTables(tables[name] ?? {}, table);
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

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function toRuntimeConfig(name: string, table: Partial<RuntimeConfig>): RuntimeConfig {
  const { use = `builtin:${name}`, binary, root, config = {} } = table;
  return { use, binary, root, config };
}

/** The audit log is written if any file has its table; requests are recorded if it says where. */
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

const modes = ["off", "audit", "enforce"] as const;

/** No plugin is taken more seriously than all of them are. */
function toPluginConfig(table: PluginTable, hooks: Config["hooks"]): PluginConfig {
  const { name, use, config, timeout, on_error, mode = "enforce", order, before, after, override, match } = table;
  const { isolation, memory = 128 * 2 ** 20 } = table;
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
    isolation: isolation === "process" ? { memoryBytes: memory } : undefined,
  };
}

type PluginTable = NonNullable<FileConfig["plugin"]>[number];
