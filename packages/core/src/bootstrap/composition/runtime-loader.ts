import { failedPrecondition } from "../../errors/errors.ts";
import { loadPlugin } from "../../hooks/load-plugins.ts";
import type { RuntimeFactory } from "../../runtime/define.ts";
import type { Config } from "../config/config.ts";
import type { RuntimeLoader } from "./runtimes.ts";

const builtin = "builtin:";

/**
 * Finds the runtime that `[runtimes.NAME]` stands for: an adapter of this program, or a plugin's runtime.
 * A name without a table is that of an adapter.
 * @param adapters – the adapters of this program, by name.
 */
export function runtimeLoader(config: Config, adapters: RuntimeLoader): RuntimeLoader {
  return async (name) => {
    const use = config.runtimes[name]?.use ?? `${builtin}${name}`;
    if (use.startsWith(builtin)) return adapters(use.slice(builtin.length));
    return loadFromModule(name, use);
  };
}

async function loadFromModule(name: string, use: string): Promise<RuntimeFactory> {
  const { plugin } = await loadPlugin({ name, use }).catch((error: Error) => {
    throw failedPrecondition(`dunnage: runtime ${name} (${use}): ${error.message}`);
  });
  if (plugin.runtime === undefined) throw failedPrecondition(`dunnage: runtime ${name} (${use}): it has no runtime`);
  return plugin.runtime;
}
