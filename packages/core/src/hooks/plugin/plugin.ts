import { Code } from "@dunnage/ttrpc";
import type { ContainerModule } from "inversify";
import type { Logger } from "../../log/logger.ts";
import type { RuntimeFactory } from "../../runtime/define.ts";
import type { StandardSchema } from "../../runtime/standard-schema.ts";
import type { AdjustByStage } from "../adjustment/adjust.ts";
import type { ContainerKind, HookEvent } from "../event/event.ts";
import type { MutableStage, Stage } from "../event/stages.ts";

/** The version of this interface. A plugin declares the version that it was written for. */
export const pluginApiVersion = 1;

/** The codes with which a client can get a denial, by name. */
export const denyCodes = {
  "permission-denied": Code.PermissionDenied,
  "failed-precondition": Code.FailedPrecondition,
  "invalid-argument": Code.InvalidArgument,
  "resource-exhausted": Code.ResourceExhausted,
} as const;

export type DenyCode = keyof typeof denyCodes;

/** What a denial may carry in addition to its reason. */
export interface DenyOptions {
  /** Code of the client's error. Default: that of the configuration, otherwise `permission-denied`. */
  readonly code?: DenyCode;
  /** Name of the rule, for the client's error and the audit log. */
  readonly rule?: string;
}

/** What a hook may do in addition to reading its event. */
export interface HookContext<Config = unknown> {
  /** The plugin's `config` table, checked by its schema. Without a table and a schema it is an empty object. */
  readonly config: Config;
  /**
   * Refuses the call. The client reads `reason`. Throws, so nothing after it runs.
   * In a stage that may not deny (`stages[…].mayDeny`) the denial is logged and the call continues.
   */
  deny(reason: string, options?: DenyOptions): never;
  /**
   * Lets the call pass and writes a warning to the container's log and to the audit line of this event. In mode `audit`
   * it is written to the audit line only. The client does not see it. One call of a hook may make 32 warnings of 1,000
   * characters each.
   */
  warn(message: string): void;
  /**
   * Writes `PLUGIN/KEY` with a value into the audit line of this event, however the hook ends. The last value of a key
   * counts. Nothing is hidden: keep secrets out of the value, see `hideEnvironment`. Keys are names of up to 63
   * characters, values are cut after 10,240 characters. One call of a hook may make 32 annotations. An annotation that
   * cannot be accepted becomes a warning.
   */
  annotate(key: string, value: string): void;
  /** Aborts when the hook misses its deadline or the client cancels the call. The hook's answer is then ignored. */
  readonly signal: AbortSignal;
  /** The hook's deadline. */
  readonly deadlineAt: Date;
  /** Writes to the `log` of the container's bundle. */
  readonly log: Logger;
}

/** The context of a mutating hook. */
export interface MutatingContext<S extends MutableStage, Config = unknown> extends HookContext<Config> {
  /** Records changes. They are applied together after the hook has succeeded, and the hooks after it see them. */
  readonly adjust: AdjustByStage[S];
}

/**
 * When a hook runs within its stage. First the hooks that mutate, one after the other. Then all hooks that validate, at
 * the same time. Then the hooks that act, one after the other. A refusal ends the stage, so no hook acts on a refused
 * call.
 */
export type Phase = "mutate" | "validate" | "act";

/** Which containers a hook applies to. An absent field does not restrict. */
export interface HookMatch {
  /** Namespaces of containerd. */
  readonly namespaces?: readonly string[];
  readonly kinds?: readonly ContainerKind[];
  readonly runtimes?: readonly string[];
  /** The container must have all of them, with these values. */
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Settings of a hook. The configuration of its plugin overrides them. */
export interface HookSettings {
  /** Before or after the hooks of other plugins of the same phase. */
  readonly order?: "pre" | "post";
  /** Default 1 s. */
  readonly timeoutMs?: number;
  /** What a failure means in a stage that may deny. Default: closed. */
  readonly onError?: "closed" | "open";
  readonly match?: HookMatch;
}

/**
 * One hook. An error that it throws is a failure, not a denial.
 * Without `isolation` it shares the daemon's event loop. Code that does not yield blocks the calls of every container,
 * and no deadline can interrupt it.
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

/** A mutating hook with its settings. */
export interface MutatingHook<S extends MutableStage, Config = unknown> extends HookSettings {
  readonly phase: "mutate";
  readonly handler: (event: HookEvent<S>, context: MutatingContext<S, Config>) => void | Promise<void>;
}

/** One hook of a plugin. A plain function runs in the phase `act`. */
export type Hook<S extends Stage, Config = unknown> =
  | HookFunction<S, Config>
  | HookDefinition<S, Config>
  | (S extends MutableStage ? MutatingHook<S, Config> : never);

/** Hooks by stage. A list holds several hooks of one plugin, each with its own phase. */
export type Hooks<Config = unknown> = { readonly [S in Stage]?: Hook<S, Config> | readonly Hook<S, Config>[] };

/** The default export of a plugin module. */
export interface Plugin<Config = unknown> {
  /** Shown in messages about loading. Denials carry the plugin's name in the configuration. */
  readonly name: string;
  readonly apiVersion: typeof pluginApiVersion;
  /** Checks and converts the plugin's `config` table. Without a schema any table is accepted as it is. */
  readonly configSchema?: StandardSchema<Config>;
  /**
   * Returns the absolute paths of the files that the `config` table names and that `configSchema` or the hooks read
   * once. If one of them changes, the plugin is reloaded before the next call. Called before `configSchema`, with the
   * table as it is written. The daemon checks the files at every call, so they must be local files.
   */
  readonly files?: (config: unknown) => readonly string[];
  readonly hooks?: Hooks<Config>;
  /** An OCI runtime, or anything else that can run a bundle. */
  readonly runtime?: RuntimeFactory;
  /** Bindings for the daemon's inversify container. */
  readonly module?: ContainerModule;
}

/**
 * Declares a plugin: `export default definePlugin({ … })`. Returns `plugin` as it is; the function exists for the
 * types.
 */
export function definePlugin<Config = Readonly<Record<string, unknown>>>(plugin: Plugin<Config>): Plugin<Config> {
  return plugin;
}
