import { failedPrecondition, type Logger } from "@dunnage/core";
import { type AuditEntry, type Config, type LoadedPlugins, loadChain, withOwnSchemes } from "@dunnage/core/internal";
import { grpcScheme } from "@dunnage/hooks-grpc/scheme";
import { policySchemes } from "@dunnage/policy/schemes";
import type { CommandContext } from "../command.ts";

/** Options for loading the hooks of a configuration. */
export interface LoadingOptions {
  /** Receives the decisions; default: they are discarded. */
  readonly audit?: (entry: AuditEntry) => void;
  /** Lets plugins in audit mode refuse and change as well. */
  readonly enforce?: boolean | undefined;
}

/**
 * Loads the hooks of a configuration as a daemon does. It differs in two ways: it writes neither the audit log nor the
 * recording, and it runs isolated plugins in this process. The caller closes the chain.
 * @throws {Error} a plugin cannot be loaded; the message has every reason.
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

/**
 * Returns a logger that writes what plugins print to stderr, and ignores the rest: what the chain would log is in its
 * decisions, and the reason why a plugin is not loaded is thrown.
 */
function pluginLog(stderr: NodeJS.WritableStream): Logger {
  const ignore = (): void => undefined;
  const write = (message: string, { text }: Readonly<Record<string, unknown>> = {}): void => {
    if (message === "plugin output") stderr.write(`${text}\n`);
  };
  const log: Logger = { debug: ignore, info: write, warn: write, error: ignore, with: () => log };
  return log;
}
