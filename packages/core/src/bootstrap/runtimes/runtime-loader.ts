import type { StatusError } from "@dunnage/ttrpc";
import { failedPrecondition } from "../../errors/errors.ts";
import { suggestion } from "../../errors/nearest.ts";
import { importPlugin } from "../../hooks/loader/load-plugins.ts";
import type { RuntimeFactory } from "../../runtime/define.ts";
import type { StandardSchema } from "../../runtime/standard-schema.ts";
import type { Config } from "../config/config.ts";
import { checkRuntimeConfig } from "../config/runtime-config.ts";
import type { RuntimeLoader } from "./runtimes.ts";

const builtin = "builtin:";

/**
 * Returns a loader that finds the runtime of `[runtimes.NAME]`: an adapter of this program, or the runtime of a plugin,
 * with the table's `config` validated and bound to it. A name without a table is that of an adapter.
 * @param adapters – the adapters of this program, by name.
 */
export function runtimeLoader(config: Config, adapters: RuntimeLoader): RuntimeLoader {
  const load = async (name: string): Promise<RuntimeFactory | undefined> => {
    const use = config.runtimes[name]?.use ?? `${builtin}${name}`;
    const found = use.startsWith(builtin)
      ? await ofProgram(adapters, use)
      : await ofModule(name, use, config.packageRoots);
    if (found === undefined && use !== `${builtin}${name}`) throw noBuiltin(name, use, adapters.names ?? []);
    if (found === undefined) return undefined;
    const checked = await checkRuntimeConfig(config, name, found.schema).catch((error: Error) => {
      throw failedPrecondition(`dunnage: runtime ${name}: ${error.message}`);
    });
    return (deps) => found.factory(deps, checked);
  };
  return Object.assign(load, {
    names: [...new Set([...(adapters.names ?? []), ...Object.keys(config.runtimes)])].sort(),
  });
}

function noBuiltin(name: string, use: string, names: readonly string[]): StatusError {
  const near = suggestion(use.slice(builtin.length), names);
  return failedPrecondition(`dunnage: runtime ${name} (${use}): built in are ${names.join(", ")}${near}`);
}

interface Found {
  readonly factory: RuntimeFactory;
  readonly schema: StandardSchema | undefined;
}

async function ofProgram(adapters: RuntimeLoader, use: string): Promise<Found | undefined> {
  const factory = await adapters(use.slice(builtin.length));
  return factory && { factory, schema: factory.configSchema };
}

async function ofModule(name: string, use: string, packageRoots: readonly string[]): Promise<Found> {
  const { runtime: factory, configSchema } = await importPlugin(use, packageRoots).catch((error: Error) => {
    throw failedPrecondition(`dunnage: runtime ${name} (${use}): ${error.message}`);
  });
  if (factory === undefined) throw failedPrecondition(`dunnage: runtime ${name} (${use}): it has no runtime`);
  return { factory, schema: factory.configSchema ?? configSchema };
}
