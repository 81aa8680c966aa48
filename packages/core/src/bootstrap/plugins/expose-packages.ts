import { captureConsole } from "../../hooks/loader/console-capture.ts";
import { isPluginUse } from "../../hooks/loader/plugin-file.ts";
import type { Logger } from "../../log/logger.ts";
import type { Config } from "../config/config.ts";
import { exposeModules } from "./expose-modules.ts";

let exposed: Disposable | undefined;

/**
 * Exposes the daemon's own packages to plugins and redirects what they print to the log, if the configuration names any
 * plugin for this process. Done once for the life of the process: a plugin may import and print at any time.
 */
export async function prepareForPlugins(config: Config, log: Logger): Promise<void> {
  const here = config.plugins.filter(({ isolation }) => isolation === undefined);
  const modules = [...here, ...Object.values(config.runtimes)].filter(({ use }) => isPluginUse(use));
  if (modules.length === 0 || exposed !== undefined) return;
  captureConsole(log);
  await exposePackages();
}

/** Makes plugins import this process's own packages. Done once. */
export async function exposePackages(): Promise<void> {
  exposed ??= exposeModules({
    "@dunnage/core": await import("@dunnage/core"),
    "@dunnage/ttrpc": await import("@dunnage/ttrpc"),
    inversify: await import("inversify"),
    "reflect-metadata": await import("reflect-metadata"),
  });
}
