import { dirname } from "node:path";
import { failedPrecondition, type Logger } from "@dunnage/core";
import {
  type AuditEntry,
  type Config,
  type LoadedPlugins,
  loadChain,
  loadConfig,
  withOwnSchemes,
} from "@dunnage/core/internal";
import { grpcScheme } from "@dunnage/hooks-grpc/scheme";
import { policySchemes } from "@dunnage/policy/schemes";
import type { CommandContext } from "../command.ts";

/** What the hooks of a configuration are loaded for. */
export interface LoadingOptions {
  /** Decisions go here; default: nowhere. */
  readonly audit?: (entry: AuditEntry) => void;
  /** Has plugins in audit mode refuse and change as well. */
  readonly enforce?: boolean | undefined;
}

/** Reads the configuration at `path` as a daemon does. @throws {ConfigError} it is wrong. */
export function readConfig(path: string, { libDir }: CommandContext): Promise<Config> {
  return loadConfig({ path, packageRoots: [dirname(path), libDir] });
}

/**
 * Loads the hooks of a configuration as a daemon does, but writes neither its audit log nor its recording, and runs plugins that
 * are isolated in this process. The caller closes the chain.
 * @throws {Error} a plugin does not load: every reason.
 */
export async function loadHooks(
  config: Config,
  { stderr }: CommandContext,
  { audit, enforce = false }: LoadingOptions = {},
): Promise<LoadedPlugins> {
  const plugins = config.plugins.map((plugin) =>
    enforce && plugin.mode === "audit" ? { ...plugin, mode: "enforce" as const } : plugin,
  );
  const sink = audit && { record: audit };
  const schemes = withOwnSchemes({ ...policySchemes, ...grpcScheme });
  const host = { log: pluginLog(stderr), schemes, audit: sink };
  const loaded = await loadChain({ ...config, plugins }, host);
  const error = loaded.error ?? (loaded.failures.length > 0 && failedPrecondition(loaded.failures.join("\n")));
  if (!error) return loaded;
  loaded.hooks.close();
  throw error;
}

/** What plugins print goes to stderr; what the chain would log is in its decisions, and why a plugin is not loaded is thrown. */
function pluginLog(stderr: NodeJS.WritableStream): Logger {
  const ignore = (): void => undefined;
  const write = (message: string, { text }: Readonly<Record<string, unknown>> = {}): void => {
    if (message === "plugin output") stderr.write(`${text}\n`);
  };
  const log: Logger = { debug: ignore, info: write, warn: write, error: ignore, with: () => log };
  return log;
}
