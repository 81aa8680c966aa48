import { maxTimerMs } from "../../reaper/deadline.ts";
import { type Stage, stages } from "../event/stages.ts";
import type { BoundHook, Mode } from "./bound-hook.ts";
import type { Hook, HookDefinition, HookMatch, HookSettings, MutatingHook, Plugin } from "./plugin.ts";

/** What the configuration says about a plugin's hooks. For an undefined field, the plugin's own setting applies. */
export interface HookPolicy {
  readonly name: string;
  /** Default: enforce. */
  readonly mode?: Mode | undefined;
  readonly order?: "pre" | "post" | undefined;
  /** Time that each of its hooks has; default 1 s. */
  readonly timeoutMs?: number | undefined;
  /** Default: closed. `open` also lets the daemon continue without a plugin that cannot be loaded. */
  readonly onError?: "closed" | "open" | undefined;
  readonly match?: HookMatch | undefined;
  readonly override?: readonly string[] | undefined;
  /** Whether no other plugin may override what it has written. Default: false. */
  readonly locked?: boolean | undefined;
}

/** A plugin that may hold a process or a connection, which ends when the plugin is disposed. */
export interface OpenPlugin extends Plugin, Partial<Disposable> {
  /** Whether the latest attempt to connect to the plugin's server has failed, or has not ended yet. */
  readonly isUnavailable?: () => boolean;
}

/** One plugin whose hooks are to be bound. */
export interface Bindable {
  readonly source: HookPolicy;
  readonly plugin: Pick<OpenPlugin, "hooks" | "isUnavailable"> & Partial<Disposable>;
  readonly config: unknown;
}

const defaultTimeoutMs = 1_000;
const rank = { pre: 0, none: 1, post: 2 } as const;

type Ranked = { readonly hook: BoundHook; readonly rank: number };

/** Returns the hooks of all plugins by stage, in the order in which the stage runs them. */
export function bindHooks(plugins: readonly Bindable[]): ReadonlyMap<Stage, readonly BoundHook[]> {
  const ranked = new Map<Stage, Ranked[]>();
  for (const bindable of plugins) {
    const { source, plugin } = bindable;
    if (source.mode === "off") continue;
    for (const [stage, declared] of Object.entries(plugin.hooks ?? {}) as [
      Stage,
      Declared | readonly Declared[] | undefined,
    ][]) {
      const list = ranked.get(stage) ?? [];
      for (const hook of toDefinitions(declared)) {
        list.push({ hook: bind(bindable, hook), rank: rank[source.order ?? hook.order ?? "none"] });
      }
      if (list.length > 0) ranked.set(stage, list);
    }
  }
  return new Map([...ranked].map(([stage, list]) => [stage, inOrder(stage, list)]));
}

type Declared = Hook<"preCreate">;
type Definition = HookDefinition<"preCreate"> | MutatingHook<"preCreate">;

function toDefinitions(declared: Declared | readonly Declared[] | undefined): readonly Definition[] {
  if (declared === undefined) return [];
  const list = Array.isArray(declared) ? (declared as readonly Declared[]) : [declared as Declared];
  return list.map((hook) => (typeof hook === "function" ? { handler: hook } : hook));
}

function bind({ source, plugin, config }: Bindable, hook: Definition & HookSettings): BoundHook {
  return {
    plugin: source.name,
    config,
    phase: hook.phase ?? "act",
    mode: source.mode === "audit" ? "audit" : "enforce",
    timeoutMs: Math.min(source.timeoutMs ?? hook.timeoutMs ?? defaultTimeoutMs, maxTimerMs),
    onError: source.onError ?? hook.onError ?? "closed",
    match: merge(hook.match, source.match),
    override: source.override ?? [],
    locked: source.locked ?? false,
    isUnavailable: plugin.isUnavailable,
    run: hook.handler as BoundHook["run"],
  };
}

/** Merges two matches. For each key the configuration overrides the plugin. */
function merge(own: HookMatch | undefined, configured: HookMatch | undefined): HookMatch | undefined {
  return own === undefined || configured === undefined ? (configured ?? own) : { ...own, ...configured };
}

function inOrder(stage: Stage, list: readonly Ranked[]): readonly BoundHook[] {
  const sorted = list.toSorted((a, b) => a.rank - b.rank).map(({ hook }) => hook);
  return stages[stage].kind === "post" ? sorted.reverse() : sorted;
}
