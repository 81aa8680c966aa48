import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import type { AuditOptions } from "../../hooks/audit/audit-log.ts";
import type { Mode } from "../../hooks/bound-hook.ts";
import { type Exemptions, noExemptions } from "../../hooks/exemption.ts";
import type { PluginSource } from "../../hooks/loading/load-plugins.ts";
import type { RecordOptions } from "../../hooks/requests/request-recorder.ts";
import type { DenyCode } from "../../hooks/verdict.ts";
import { hasErrorCode } from "../../native/libc-error.ts";

/** How containers share daemons: all of a containerd namespace, those of a pod, or none. */
export type Grouping = "namespace" | "pod" | "container";

/** One `[runtimes.NAME]`. */
export interface RuntimeConfig {
  /** `builtin:runc`, or, of a plugin that has a runtime, `module:` and its file, or `package:` and its npm package. Default: `builtin:NAME`. */
  readonly use: string;
  /** Name or absolute path of the OCI runtime's binary; undefined: the adapter's default. */
  readonly binary?: string | undefined;
  /** State root of the runtime; undefined: the adapter's default. */
  readonly root?: string | undefined;
  /** For the adapter, or the plugin, to judge; an empty object without the key. */
  readonly config: Readonly<Record<string, unknown>>;
}

/** One `[[plugin]]`: `use` is `module:` and the absolute path of the plugin's file, or `package:` and its npm package; `config` is for the plugin to judge. */
export type PluginConfig = PluginSource;

/** `[hooks]`: what holds for every plugin that says nothing else. */
export interface HooksConfig {
  /** No plugin's mode is above it. Default: enforce. */
  readonly mode: Mode;
  /** Undefined: what the hook says itself. */
  readonly onError: "closed" | "open" | undefined;
  readonly timeoutMs: number | undefined;
  /** Default: permission-denied. */
  readonly denyCode: DenyCode;
  /** Plugins without which nothing is created: each is one of `plugins`, and not off. Default: none. */
  readonly required: readonly string[];
  /** Containers that no hook judges. Default: none. */
  readonly exempt: Exemptions;
}

/** The configuration of the host, complete with its defaults. */
export interface Config {
  readonly grouping: Grouping;
  /** Most containers of one daemon. Default 64. */
  readonly cap: number;
  /** How long an empty daemon stays. Default 30 s. */
  readonly lingerMs: number;
  /** Form of the answer to `start` where containerd understands both. */
  readonly answer: "plain" | "json";
  readonly stdio: {
    /** `auto`: the container writes into the client's FIFO itself wherever that is safe; `pipe`: never. */
    readonly mode: "auto" | "pipe";
    /** How long Delete waits for output that a left-over process holds back. Default 10 s. */
    readonly drainTimeoutMs: number;
    /** What becomes of output that is copied while its reader takes none; `drop-oldest` has all output copied. Default: block. */
    readonly whenReaderIsAway: "block" | "drop-oldest";
    /** Bytes of each output that `drop-oldest` keeps for its reader. Default 1 MiB. */
    readonly dropBufferBytes: number;
    /** How long a logging binary may take until it is ready. Default 10 s. */
    readonly loggerReadyTimeoutMs: number;
  };
  readonly runtimes: Readonly<Record<string, RuntimeConfig>>;
  readonly hooks: HooksConfig;
  /** Undefined: there is no audit log. */
  readonly audit: AuditOptions | undefined;
  /** Undefined: no requests are recorded. */
  readonly record: RecordOptions | undefined;
  /** In the order in which their hooks run. */
  readonly plugins: readonly PluginConfig[];
  /** Directories from which Node looks for the packages of plugins. */
  readonly packageRoots: readonly string[];
  /** The files that it was read from, in that order; none: all defaults. */
  readonly files: readonly string[];
}

/** What a host without a configuration file gets. */
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

/** Where the configuration is looked for. */
export interface ConfigPaths {
  /** Default: `/etc/dunnage/config.toml`. */
  readonly path?: string;
  /** Directory of drop-ins, `*.toml` in byte order. Default: `conf.d` beside `path`. */
  readonly dir?: string;
  /** Default: the directory of `path`. */
  readonly packageRoots?: readonly string[];
}

/**
 * Reads the configuration; what does not exist counts as empty, and the parser is loaded only if something exists.
 * Tables merge; of scalars and arrays the last one wins, but every `[[plugin]]` and every name in `hooks.required` is added.
 * What a file says in `[hooks]`, or exempts, does not weaken the locked plugins of files before it.
 * @throws {ConfigError} unreadable, writable by others, no TOML, unknown or wrong keys, a required plugin that is not there.
 */
export async function loadConfig(paths: ConfigPaths = {}): Promise<Config> {
  const { path = defaultPath } = paths;
  const files = configFiles(paths);
  const config = { ...defaultConfig, packageRoots: paths.packageRoots ?? [dirname(path)] };
  if (files.length === 0) return config;
  const { readConfig } = await import("./config-reader.ts");
  return readConfig(files, config);
}

/** The files that a configuration is read from, those that exist, in their order. The launcher looks at the same ones. */
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
