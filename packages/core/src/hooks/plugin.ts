import type { ContainerModule } from "inversify";
import type { Logger } from "../log/logger.ts";
import type { RuntimeFactory } from "../runtime/define.ts";
import type { StandardSchema } from "../runtime/standard-schema.ts";
import type { HookEvent } from "./event.ts";
import type { StandardSchema } from "./loading/standard-schema.ts";
import type { Stage } from "./stages.ts";

/** The version of this interface that a plugin was written for. */
export const pluginApiVersion = 1;

/** What a hook may do beside looking at its event. */
export interface HookContext<Config = unknown> {
  /** The plugin's table `config`, checked by its schema; an empty object without either. */
  readonly config: Config;
  /**
   * Refuses the call; the client reads `reason`. Throws, so nothing after it runs.
   * In a stage that may not deny (`stages[…].mayDeny`) it is logged and the call goes on.
   */
  deny(reason: string): never;
  /** Aborted when the hook's time is over or the client gave the call up. The answer no longer counts then. */
  readonly signal: AbortSignal;
  /** Writes to the `log` of the container's bundle. */
  readonly log: Logger;
}

/**
 * One hook. What it throws counts as a failure, not as a denial.
 * It shares the daemon's event loop: code that does not give it back stops every container's calls, and no deadline can cut it.
 */
export type Hook<S extends Stage, Config = unknown> = (
  event: HookEvent<S>,
  context: HookContext<Config>,
) => void | Promise<void>;

/** Hooks by stage. */
export type Hooks<Config = unknown> = { readonly [S in Stage]?: Hook<S, Config> };

/** What a plugin module exports as its default. */
export interface Plugin<Config = unknown> {
  /** Shown in messages about loading; the name in the configuration is the one that denials carry. */
  readonly name: string;
  readonly apiVersion: typeof pluginApiVersion;
  /** Checks and converts the plugin's table `config`. Without it, any table is taken as it is. */
  readonly configSchema?: StandardSchema<Config>;
  readonly hooks?: Hooks<Config>;
  /** An OCI runtime, or anything else that can run a bundle. */
  readonly runtime?: RuntimeFactory;
  /** Bindings for the daemon's container. */
  readonly module?: ContainerModule;
}

/** Declares a plugin: `export default definePlugin({ … })`. Returns `plugin` as it is; it is there for the types. */
export function definePlugin<Config = Readonly<Record<string, unknown>>>(plugin: Plugin<Config>): Plugin<Config> {
  return plugin;
}
