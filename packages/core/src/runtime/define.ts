import type { Logger } from "../log/logger.ts";
import type { CommandRunner } from "../reaper/command.ts";
import type { Runtime } from "./runtime.ts";

/** What core gives to a runtime adapter. */
export interface RuntimeDeps {
  readonly commands: CommandRunner;
  readonly log: Logger;
  /** Absolute path of the executable that the shim's own PATH names, or undefined. */
  readonly findExecutable: (name: string) => string | undefined;
}

/** Makes an adapter. Called once per daemon; opens nothing and starts nothing. */
export type RuntimeFactory = (deps: RuntimeDeps) => Runtime;

/**
 * Declares a runtime adapter: the default export of an adapter's package.
 * Returns `factory` as it is; it is there for the types.
 */
export function defineRuntime(factory: RuntimeFactory): RuntimeFactory {
  return factory;
}
