import { type HookMatch, type Stage, stages } from "@dunnage/core";
import type { Config, HookChain, LoadedPlugins, StaleDaemon } from "@dunnage/core/internal";
import { formatRows } from "../table.ts";

/** A hook as `dunnage hooks ls --json` shows it, in the order in which hooks run. */
export interface ListedHook {
  readonly stage: Stage;
  readonly phase: string;
  /** Name of the plugin in the configuration, and what it uses. */
  readonly plugin: string;
  readonly use: string;
  readonly mode: string;
  /** `required`: without its plugin no container is created. `locked`: later configuration files cannot weaken it. */
  readonly required: boolean;
  readonly locked: boolean;
  /** What happens if the hook fails; null for stages that cannot refuse. */
  readonly onError: string | null;
  readonly timeoutMs: number;
  /** Null: for every container. */
  readonly match: HookMatch | null;
}

/** What `dunnage hooks ls --json` prints. */
export interface HookListing extends Pick<Config["hooks"], "required" | "exempt"> {
  /** The files of the configuration, in the order in which they are applied. */
  readonly files: readonly string[];
  readonly hooks: readonly ListedHook[];
  /** Daemons that still use other hooks, because these could not be loaded there. */
  readonly stale: readonly StaleDaemon[];
}

/** Lists the hooks of a chain. */
export function listHooks(chain: HookChain, plugins: LoadedPlugins["plugins"]): ListedHook[] {
  const sources = new Map(plugins.map(({ source }) => [source.name, source]));
  return (Object.keys(stages) as Stage[]).flatMap((stage) =>
    chain.inOrder(stage).map(({ plugin, phase, mode, locked, onError, timeoutMs, match = null }) => ({
      stage,
      phase,
      plugin,
      use: sources.get(plugin)?.use ?? "",
      mode,
      required: sources.get(plugin)?.required ?? false,
      locked,
      onError: stages[stage].mayDeny ? onError : null,
      timeoutMs,
      match,
    })),
  );
}

/**
 * Formats the hooks for the user. The first line has the names of the columns. The last lines say what is exempt, and
 * which daemons use other hooks.
 */
export function formatHooks({ hooks, exempt, stale }: HookListing): string {
  const exemptions = Object.entries(exempt).flatMap(([key, values]) =>
    values.length === 0 ? [] : `exempt ${key}: ${values.join(", ")}`,
  );
  const elsewhere = stale.map(
    ({ pid, namespace, since, reason }) =>
      `daemon ${pid} of namespace ${namespace}: since ${since} it has not loaded these hooks: ${reason}`,
  );
  return [hooks.length === 0 ? "no hooks" : formatTable(hooks), ...exemptions, ...elsewhere].join("\n");
}

function formatTable(hooks: readonly ListedHook[]): string {
  const rows = hooks.map(({ stage, phase, plugin, use, mode, required, locked, onError, timeoutMs, match }) => [
    stage,
    phase,
    plugin,
    mode,
    [required ? "required" : [], locked ? "locked" : []].flat().join(", ") || "-",
    onError ?? "-",
    `${timeoutMs} ms`,
    match === null ? "every container" : describeMatch(match),
    use,
  ]);
  return formatRows([["STAGE", "PHASE", "PLUGIN", "MODE", "PROTECTED", "ON ERROR", "TIMEOUT", "FOR", "USES"], ...rows]);
}

function describeMatch({ annotations = {}, ...lists }: HookMatch): string {
  const parts = Object.entries(lists).map(([key, values]) => `${key} ${values.join("|")}`);
  parts.push(...Object.entries(annotations).map(([key, value]) => `${key}=${value}`));
  return parts.join(", ") || "every container";
}
