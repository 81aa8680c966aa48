import type { Config } from "./config.ts";
import { exposeModules } from "./plugin-resolution.ts";

let exposed: Disposable | undefined;

/**
 * Gives plugins the daemon's own packages, if the configuration names any plugin. Once for the life of the process:
 * a plugin may import at any time.
 */
export async function hostPlugins(config: Config): Promise<void> {
  const modules = [...config.plugins, ...Object.values(config.runtimes)].filter(({ use }) => use.startsWith("module:"));
  if (modules.length === 0 || exposed !== undefined) return;
  exposed = exposeModules({
    "@dunnage/core": await import("../index.ts"),
    "@dunnage/ttrpc": await import("@dunnage/ttrpc"),
    inversify: await import("inversify"),
    "reflect-metadata": await import("reflect-metadata"),
  });
}
