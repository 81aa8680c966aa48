import { dunnage } from "../../proto/gen/hooks.js";
import type { PluginLoading } from "../loader/plugin-scheme.ts";
import type { OpenPlugin } from "../plugin/bind-hooks.ts";
import { pluginApiVersion } from "../plugin/plugin.ts";
import { ConfigurationRefused, HookLink, type HookSession } from "./hook-link.ts";
import type { OpenTransport } from "./hook-transport.ts";
import { remotePlugin } from "./remote-plugin.ts";

const { ConfigureRequest } = dunnage.hooks.v1;

/** For a server that is started independently: it either runs or does not. */
const configureTimeoutMs = 1_000;
/** For a process that has to start and load a plugin first. The process limits the load: see `withinLoadLimits`. */
const startTimeoutMs = 40_000;

/**
 * Returns the plugin whose hooks are those of a server. If the server cannot be reached, every call tries again.
 * @throws {ConfigurationRefused} the server does not accept the configuration.
 */
export function openServerPlugin(open: OpenTransport, loading: PluginLoading): Promise<OpenPlugin & Disposable> {
  return openRemote(open, loading, { timeoutMs: configureTimeoutMs, mayBeAway: true });
}

/**
 * Returns the plugin whose hooks run in a process of ours.
 * @throws {Error} the process does not start, or does not load the plugin.
 */
export function openProcessPlugin(open: OpenTransport, loading: PluginLoading): Promise<OpenPlugin & Disposable> {
  return openRemote(open, loading, { timeoutMs: startTimeoutMs, mayBeAway: false });
}

async function openRemote(
  open: OpenTransport,
  loading: PluginLoading,
  { timeoutMs, mayBeAway }: { readonly timeoutMs: number; readonly mayBeAway: boolean },
): Promise<OpenPlugin & Disposable> {
  let isLoaded = false;
  const link = new HookLink({
    open,
    configuration: toConfiguration(loading),
    configureTimeoutMs: timeoutMs,
    log: loading.log.with({ plugin: loading.name }),
    onChange: () => isLoaded && loading.changed(),
  });
  let session: HookSession | undefined;
  try {
    session = await link.session();
  } catch (error) {
    if (!mayBeAway || error instanceof ConfigurationRefused) {
      link[Symbol.dispose]();
      throw error;
    }
  }
  isLoaded = true;
  if (!mayBeAway) for (const file of session?.files ?? []) loading.watch(file);
  return remotePlugin(session?.name || loading.name, link, session?.hooks);
}

function toConfiguration({ name: plugin, config }: PluginLoading): Uint8Array {
  const config_json = Buffer.from(JSON.stringify(config));
  return ConfigureRequest.encode({ api_version: pluginApiVersion, plugin, config_json }).finish();
}
