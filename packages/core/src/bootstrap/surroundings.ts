import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { childEnvironment } from "../reaper/child-environment.ts";
import { type Config, defaultConfig, loadConfig } from "./config/config.ts";
import { ConfigError } from "./config/config-error.ts";
import { readConfigRevision } from "./config/config-revision.ts";
import type { Program, Surroundings } from "./context.ts";
import { defaultRuntimeDir } from "./group/paths.ts";
import { openOwnLibc } from "./process/end-process.ts";
import { version } from "./version.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Path of the configuration: as the launcher passes it, or the usual one. */
export const configPath = (env: Environment): string => env["DUNNAGE_CONFIG"] || "/etc/dunnage/config.toml";

/**
 * Directory of the installation: as the launcher passes it, or the directory of this file (in the bundle: of the
 * bundle).
 */
export const libDirOf = (env: Environment): string => env["DUNNAGE_LIB"] || import.meta.dirname;

/** Returns the build id of the installation, as the launcher reads it. Empty for a program that runs from source. */
export function readBuild(libDir: string): string {
  const path = join(libDir, "build-id");
  return existsSync(path) ? (readFileSync(path, "utf8").split("\n")[0] ?? "") : "";
}

/**
 * Reads the surroundings.
 * @param onConfigError is notified of an invalid configuration. The defaults are used instead.
 * @throws {ConfigError} the configuration is invalid, and there is no `onConfigError`.
 */
export async function readSurroundings(
  env: Environment,
  program: Program,
  onConfigError?: (error: ConfigError) => void,
): Promise<Surroundings> {
  const libDir = libDirOf(env);
  const withoutConfig = (error: unknown): Config => {
    if (onConfigError === undefined || !(error instanceof ConfigError)) throw error;
    onConfigError(error);
    return defaultConfig;
  };
  const configRevision = readConfigRevision(configPath(env));
  const [config, libc] = await Promise.all([
    loadConfig({ path: configPath(env), packageRoots: [dirname(configPath(env)), libDir] }).catch(withoutConfig),
    openOwnLibc(libDir),
  ]);
  return {
    runtime: env["DUNNAGE_RUNTIME"] || program.defaultRuntime,
    libDir,
    self: [process.execPath, ...process.execArgv, process.argv[1] ?? ""],
    runtimeDir: defaultRuntimeDir(env),
    version,
    env: Object.fromEntries(childEnvironment(env).map(splitEntry)),
    openFilesLimit: { soft: parseLimit(env["DUNNAGE_OPEN_FILES"]), hard: libc.openFilesLimit().hard },
    config,
    configRevision,
    libc,
  };
}

function splitEntry(entry: string): [string, string] {
  const equals = entry.indexOf("=");
  return [entry.slice(0, equals), entry.slice(equals + 1)];
}

/**
 * Parses the soft limit as `ulimit -Sn` printed it. If it is missing: the limit that Linux gives a process by default.
 */
function parseLimit(text: string | undefined): number {
  if (text === "unlimited") return Number.POSITIVE_INFINITY;
  const limit = Number.parseInt(text ?? "", 10);
  return Number.isNaN(limit) ? 1024 : limit;
}
