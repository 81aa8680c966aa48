import type { Logger } from "../log/logger.ts";
import type { CommandRunner } from "../reaper/command.ts";
import type { Runtime } from "./runtime.ts";
import type { StandardSchema } from "./standard-schema.ts";

/** What core provides to a runtime adapter. */
export interface RuntimeDeps {
  readonly commands: CommandRunner;
  readonly log: Logger;
  /** Returns the absolute path of an executable in the shim's own PATH, or undefined. */
  readonly findExecutable: (name: string) => string | undefined;
}

/** Creates an adapter. Called once per daemon; opens nothing and starts nothing. */
export interface RuntimeFactory {
  /**
   * @param config – the table `[runtimes.NAME.config]`, as converted by `configSchema`; an empty object if there is
   *   neither.
   */
  (deps: RuntimeDeps, config?: unknown): Runtime;
  /** Checks and converts the table. Without it, any table is accepted unchanged. */
  readonly configSchema?: StandardSchema | undefined;
}

/**
 * Declares a runtime adapter: the default export of an adapter's package.
 * @param configSchema – what `[runtimes.NAME.config]` may contain; errors in it are reported with file, line and key.
 */
export function defineRuntime<Config = Readonly<Record<string, unknown>>>(
  factory: (deps: RuntimeDeps, config: Config) => Runtime,
  configSchema?: StandardSchema<Config>,
): RuntimeFactory {
  const make = (deps: RuntimeDeps, config: unknown = {}): Runtime => factory(deps, config as Config);
  return Object.assign(make, { configSchema });
}
