import { type HookMatch, type Stage, stages } from "@dunnage/core";
import type { HookChain, LoadedPlugins } from "@dunnage/core/bootstrap";
import { formatRows } from "../table.ts";

/** A hook as `dunnage hooks ls --json` shows it, in the order in which hooks run. */
export interface ListedHook {
  readonly stage: Stage;
  readonly phase: string;
  /** Name of the plugin in the configuration, and what it uses. */
  readonly plugin: string;
  readonly use: string;
  readonly mode: string;
  /** What a failure means; null where nothing can be refused. */
  readonly onError: string | null;
  readonly timeoutMs: number;
  /** Null: for every container. */
  readonly match: HookMatch | null;
}

/** Lists the hooks of a chain. */
export function listHooks(chain: HookChain, plugins: LoadedPlugins["plugins"]): ListedHook[] {
  const uses = new Map(plugins.map(({ source }) => [source.name, source.use]));
  return (Object.keys(stages) as Stage[]).flatMap((stage) =>
    chain.inOrder(stage).map(({ plugin, phase, mode, onError, timeoutMs, match = null }) => ({
      stage,
      phase,
      plugin,
      use: uses.get(plugin) ?? "",
      mode,
      onError: stages[stage].mayDeny ? onError : null,
      timeoutMs,
      match,
    })),
  );
}

/** Lines for people; the first names the columns. */
export function formatHooks(hooks: readonly ListedHook[]): string {
  if (hooks.length === 0) return "no hooks";
  const rows = hooks.map(({ stage, phase, plugin, use, mode, onError, timeoutMs, match }) => [
    stage,
    phase,
    plugin,
    mode,
    onError ?? "-",
    `${timeoutMs} ms`,
    match === null ? "every container" : describeMatch(match),
    use,
  ]);
  return formatRows([["STAGE", "PHASE", "PLUGIN", "MODE", "ON ERROR", "TIMEOUT", "FOR", "USES"], ...rows]);
}

function describeMatch({ annotations = {}, ...lists }: HookMatch): string {
  const parts = Object.entries(lists).map(([key, values]) => `${key} ${values.join("|")}`);
  parts.push(...Object.entries(annotations).map(([key, value]) => `${key}=${value}`));
  return parts.join(", ") || "every container";
}
