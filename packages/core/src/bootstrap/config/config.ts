import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import type { AuditOptions } from "../../hooks/audit/audit-log.ts";
import { type Exemptions, noExemptions } from "../../hooks/chain/exemption.ts";
import type { PluginSource } from "../../hooks/loader/load-plugins.ts";
import type { Mode } from "../../hooks/plugin/bound-hook.ts";
import type { DenyCode } from "../../hooks/plugin/plugin.ts";
import type { RecordOptions } from "../../hooks/recording/request-recorder.ts";
import { hasErrorCode } from "../../native/libc-error.ts";

/** Which containers share a daemon: all of a containerd namespace, those of a pod, or none. */
export type Grouping = "namespace" | "pod" | "container";

/** One table `[runtimes.NAME]`. */
export interface RuntimeConfig {
  /**
   * `builtin:runc`. For the runtime of a plugin: `module:` and the plugin's file, or `package:` and its npm package.
   * Default: `builtin:NAME`.
   */
  readonly use: string;
  /** Name or absolute path of the OCI runtime's binary; undefined: the adapter's default. */
  readonly binary?: string | undefined;
  /** State root of the runtime; undefined: the adapter's default. */
  readonly root?: string | undefined;
  /** Configuration of the adapter or plugin, which validates it. An empty object if the key is missing. */
  readonly config: Readonly<Record<string, unknown>>;
}

/**
 * One table `[[plugin]]`. `use` is `module:` and the absolute path of the plugin's file, or `package:` and its npm
 * package; hook-schema.ts has the other forms. The plugin validates `config`.
 */
export type PluginConfig = PluginSource;

/** `[hooks]`: the settings of every plugin that does not set its own. */
export interface HooksConfig {
  /** Upper limit for the mode of every plugin. Default: enforce. */
  readonly mode: Mode;
  /** Undefined: each hook's own setting. */
  readonly onError: "closed" | "open" | undefined;
  readonly timeoutMs: number | undefined;
  /** Default: permission-denied. */
  readonly denyCode: DenyCode;
  /**
   * Plugins without which no container is created. Each is one of `plugins`, and its mode is not off. Default: none.
   */
  readonly required: readonly string[];
  /** Containers that no hook judges. Default: none. */
  readonly exempt: Exemptions;
}

/** The configuration of the host, with all defaults filled in. */
export interface Config {
  readonly grouping: Grouping;
  /** Maximum number of containers per daemon. Default 64. */
  readonly cap: number;
  /** How long an empty daemon waits for the next container before it ends. Default 30 s. */
  readonly lingerMs: number;
  /** Format of the answer to `start`, if containerd understands both. */
  readonly answer: "plain" | "json";
  readonly stdio: {
    /** `auto`: the container itself writes into the client's FIFO wherever that is safe; `pipe`: it never does. */
    readonly mode: "auto" | "pipe";
    /** How long Delete waits for output that a left-over process holds back. Default 10 s. */
    readonly drainTimeoutMs: number;
    /**
     * What happens to copied output while its reader does not read. With `drop-oldest` all output is copied. Default:
     * block.
     */
    readonly whenReaderIsAway: "block" | "drop-oldest";
    /** Bytes of each output that `drop-oldest` keeps for the reader. Default 1 MiB. */
    readonly dropBufferBytes: number;
    /** How long a logging binary may take to become ready. Default 10 s. */
    readonly loggerReadyTimeoutMs: number;
  };
  readonly runtimes: Readonly<Record<string, RuntimeConfig>>;
  readonly hooks: HooksConfig;
  /** Undefined: no audit log is written. */
  readonly audit: AuditOptions | undefined;
  /** Undefined: no requests are recorded. */
  readonly record: RecordOptions | undefined;
  /** In the order in which their hooks run. */
  readonly plugins: readonly PluginConfig[];
  /** Directories from which Node resolves the packages of plugins. */
  readonly packageRoots: readonly string[];
  /** The files that the configuration was read from, in that order. Empty: everything is default. */
  readonly files: readonly string[];
}

/** The configuration of a host without a configuration file. */
export const defaultConfig: Config = {
  grouping: "namespace",
  cap: 64,
  lingerMs: 30_000,
  answer: "plain",
  stdio: {
    mode: "auto",
    drainTimeoutMs: 10_000,
    whenReaderIsAway: "block",
    dropBufferBytes: 1024 * 1024,
    loggerReadyTimeoutMs: 10_000,
  },
  runtimes: {},
  hooks: {
    mode: "enforce",
    onError: undefined,
    timeoutMs: undefined,
    denyCode: "permission-denied",
    required: [],
    exempt: noExemptions,
  },
  audit: undefined,
  record: undefined,
  plugins: [],
  packageRoots: [],
  files: [],
};

const defaultPath = "/etc/dunnage/config.toml";

/** Where to look for the configuration. */
export interface ConfigPaths {
  /** Default: `/etc/dunnage/config.toml`. */
  readonly path?: string;
  /** Directory of drop-ins: `*.toml` in byte order. Default: `conf.d` next to `path`. */
  readonly dir?: string;
  /** Default: the directory of `path`. */
  readonly packageRoots?: readonly string[];
}

/**
 * Reads the configuration. A missing file counts as empty. The parser is loaded only if a file exists. Tables are
 * merged. For scalars and arrays the last value wins, but every `[[plugin]]` and every name in `hooks.required` is
 * added. Neither `[hooks]` nor the exemptions of a file can weaken the locked plugins of earlier files.
 * @throws {ConfigError} unreadable, writable by others, not TOML, unknown or wrong keys, a missing required plugin.
 */
export async function loadConfig(paths: ConfigPaths = {}): Promise<Config> {
  const { path = defaultPath } = paths;
  const files = configFiles(paths);
  const config = { ...defaultConfig, packageRoots: paths.packageRoots ?? [dirname(path)] };
  if (files.length === 0) return config;
  const { readConfig } = await import("./config-reader.ts");
  return readConfig(files, config);
}

/**
 * Returns the existing files of a configuration in the order in which they are merged. The launcher looks at the same
 * ones.
 */
export function configFiles({ path = defaultPath, dir }: Pick<ConfigPaths, "path" | "dir">): string[] {
  return [...(existsSync(path) ? [path] : []), ...dropIns(dir ?? join(dirname(path), "conf.d"))];
}

function dropIns(dir: string): string[] {
  const names = listNames(dir).filter((name) => name.endsWith(".toml") && !name.startsWith("."));
  return names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))).map((name) => join(dir, name));
}

function listNames(dir: string): string[] {
  try {
    return readdirSync(dir);
  } catch (error) {
    if (hasErrorCode(error, "ENOENT", "ENOTDIR")) return [];
    throw error;
  }
}
