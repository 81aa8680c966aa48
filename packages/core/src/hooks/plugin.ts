import type { ContainerModule } from "inversify";
import type { Logger } from "../log/logger.ts";
import type { RuntimeFactory } from "../runtime/define.ts";
import type { StandardSchema } from "../runtime/standard-schema.ts";
import type { AdjustByStage, MutableStage } from "./adjust/adjust.ts";
import type { ContainerKind, HookEvent } from "./event.ts";
import type { Stage } from "./stages.ts";
import type { DenyCode } from "./verdict.ts";

/** The version of this interface that a plugin was written for. */
export const pluginApiVersion = 1;

/** What a denial may carry beside its reason. */
export interface DenyOptions {
  /** What the client's error says; default `permission-denied`, or what the configuration has. */
  readonly code?: DenyCode;
  /** Name of the rule, for the audit log. */
  readonly rule?: string;
}

/** What a hook may do beside looking at its event. */
export interface HookContext<Config = unknown> {
  /** The plugin's table `config`, checked by its schema; an empty object without either. */
  readonly config: Config;
  /**
   * Refuses the call; the client reads `reason`. Throws, so nothing after it runs.
   * In a stage that may not deny (`stages[…].mayDeny`) it is logged and the call goes on.
   */
  deny(reason: string, options?: DenyOptions): never;
  /**
   * Lets the call pass and writes a warning to the container's log and to the audit line of this event; in mode audit to the latter
   * alone. The client does not see it. 32 of 1,000 characters for each call of a hook.
   */
  warn(message: string): void;
  /**
   * Writes `PLUGIN/KEY` with a value into the audit line of this event, however the hook ends; the last value of a key counts.
   * Nothing is hidden: keep secrets out of it, see `hideEnvironment`. Keys are names of 63 characters, values are cut after 10,240;
   * 32 for each call of a hook. What cannot be taken becomes a warning.
   */
  annotate(key: string, value: string): void;
  /** Aborted when the hook's time is over or the client gave the call up. The answer no longer counts then. */
  readonly signal: AbortSignal;
  /** When the hook's time is over. */
  readonly deadlineAt: Date;
  /** Writes to the `log` of the container's bundle. */
  readonly log: Logger;
}

/** The context of a hook that changes what it is asked about. */
export interface MutatingContext<S extends MutableStage, Config = unknown> extends HookContext<Config> {
  /** Takes changes down; they are made together once the hook has ended well, and are seen by those after it. */
  readonly adjust: AdjustByStage[S];
}

/**
 * When in its stage a hook runs: first those that mutate, then those that validate, all of them and at the same time, then
 * those that act, one after the other. A refusal ends the stage: nothing acts on what was refused.
 */
export type Phase = "mutate" | "validate" | "act";

/** Which containers a hook is for; what is absent does not restrict. */
export interface HookMatch {
  /** Of containerd. */
  readonly namespaces?: readonly string[];
  readonly kinds?: readonly ContainerKind[];
  readonly runtimes?: readonly string[];
  /** All of them have to be there, with these values. */
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Settings of a hook. What the configuration says about its plugin overrides them. */
export interface HookSettings {
  /** Before or after the hooks of other plugins of the same phase. */
  readonly order?: "pre" | "post";
  /** Default 1 s. */
  readonly timeoutMs?: number;
  /** What a failure means where a denial is possible. Default: closed. */
  readonly onError?: "closed" | "open";
  readonly match?: HookMatch;
}

/**
 * One hook. What it throws counts as a failure, not as a denial.
 * Without `isolation` it shares the daemon's event loop: code that does not give it back stops every container's calls, and no
 * deadline can cut it.
 */
export type HookFunction<S extends Stage, Config = unknown> = (
  event: HookEvent<S>,
  context: HookContext<Config>,
) => void | Promise<void>;

/** A hook with its settings. */
export interface HookDefinition<S extends Stage, Config = unknown> extends HookSettings {
  /** Default: act. */
  readonly phase?: "validate" | "act";
  readonly handler: HookFunction<S, Config>;
}

/** A hook that changes what it is asked about. */
export interface MutatingHook<S extends MutableStage, Config = unknown> extends HookSettings {
  readonly phase: "mutate";
  readonly handler: (event: HookEvent<S>, context: MutatingContext<S, Config>) => void | Promise<void>;
}

/** A function alone acts. */
export type Hook<S extends Stage, Config = unknown> =
  | HookFunction<S, Config>
  | HookDefinition<S, Config>
  | (S extends MutableStage ? MutatingHook<S, Config> : never);

/** Hooks by stage. A list for several of one plugin, in phases of their own. */
export type Hooks<Config = unknown> = { readonly [S in Stage]?: Hook<S, Config> | readonly Hook<S, Config>[] };

/** What a plugin module exports as its default. */
export interface Plugin<Config = unknown> {
  /** Shown in messages about loading; the name in the configuration is the one that denials carry. */
  readonly name: string;
  readonly apiVersion: typeof pluginApiVersion;
  /** Checks and converts the plugin's table `config`. Without it, any table is taken as it is. */
  readonly configSchema?: StandardSchema<Config>;
  /**
   * Returns the absolute paths of the files that the table `config` names and that `configSchema` or the hooks read once: when one of
   * them changes, the plugin is loaded again before the next call. Called with the table as it is written, before `configSchema`. The
   * files are looked at on every call: they must be local ones.
   */
  readonly files?: (config: unknown) => readonly string[];
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
