import type { Logger } from "../log/logger.ts";
import type { CommandRunner } from "../reaper/command.ts";
import type { Runtime } from "./runtime.ts";
import type { StandardSchema } from "./standard-schema.ts";

/** What core gives to a runtime adapter. */
export interface RuntimeDeps {
  readonly commands: CommandRunner;
  readonly log: Logger;
  /** Absolute path of the executable that the shim's own PATH names, or undefined. */
  readonly findExecutable: (name: string) => string | undefined;
}

/** Makes an adapter. Called once per daemon; opens nothing and starts nothing. */
export interface RuntimeFactory {
  /** @param config – the table `[runtimes.NAME.config]`, as `configSchema` converts it; an empty object without either. */
  (deps: RuntimeDeps, config?: unknown): Runtime;
  /** Checks and converts the table. Without it, any table is taken as it is. */
  readonly configSchema?: StandardSchema | undefined;
}

/**
 * Declares a runtime adapter: the default export of an adapter's package.
 * @param configSchema – what `[runtimes.NAME.config]` may hold; what is wrong with it is told with file, line and key.
 */
export function defineRuntime<Config = Readonly<Record<string, unknown>>>(
  factory: (deps: RuntimeDeps, config: Config) => Runtime,
  configSchema?: StandardSchema<Config>,
): RuntimeFactory {
  const make = (deps: RuntimeDeps, config: unknown = {}): Runtime => factory(deps, config as Config);
  return Object.assign(make, { configSchema });
}
