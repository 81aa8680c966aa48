import type { CommandContext } from "../command.ts";
import { printResult } from "../output.ts";
import { applyChanges, type Change, formatChange } from "./changes.ts";
import { confirm } from "./confirm.ts";
import type { Plan } from "./plan.ts";

/** Options for carrying out a plan. */
export interface CarryOutOptions {
  readonly dryRun?: boolean | undefined;
  /** Do not ask for confirmation. */
  readonly yes?: boolean | undefined;
  readonly json?: boolean | undefined;
}

/** What is reported to the user. */
export interface Report {
  /** The text if there is nothing to do. */
  readonly unchanged: string;
  /** The text after the changes. */
  readonly done: string;
  /** Additional members of the JSON result. */
  readonly json?: Readonly<Record<string, unknown>>;
  /** Whether stdout is used for something else, so that the report goes to stderr. */
  readonly isQuiet?: boolean;
}

/** Shows a plan, asks for confirmation, and carries the plan out. Resolves to false if the user declines. */
export async function carryOut(
  { plan, report }: { readonly plan: Plan; readonly report: Report },
  options: CarryOutOptions,
  context: CommandContext,
): Promise<boolean> {
  const { json, dryRun, yes } = options;
  const out = report.isQuiet ? context.stderr : context.stdout;
  for (const warning of plan.warnings) context.stderr.write(`warning: ${warning}\n`);
  if (!json) out.write(plan.changes.map(formatChange).join(""));
  const isWanted = dryRun || plan.changes.length === 0 || yes || (await confirm("Make these changes?", context));
  if (isWanted && !dryRun) applyChanges(plan.changes);
  const isApplied = isWanted && !dryRun && plan.changes.length > 0;
  const value = { ...report.json, runtimes: plan.runtimes, applied: isApplied, ...toJson(plan) };
  printResult(out, { json, value, text: isWanted ? toText(plan, report, isApplied) : "nothing was changed" });
  if (!isWanted) context.exitStatus = 1;
  return isWanted;
}

function toJson(plan: Plan): object {
  const changes = plan.changes.map((change) => ({ kind: change.kind, path: change.path, text: formatChange(change) }));
  return { changes, warnings: plan.warnings, restartContainerd: needsRestart(plan.changes) };
}

function toText(plan: Plan, report: Report, isApplied: boolean): string {
  if (plan.changes.length === 0) return report.unchanged;
  if (!isApplied) return "";
  return needsRestart(plan.changes)
    ? `${report.done}\nnext: restart containerd, e.g. \`systemctl restart containerd\`; containers run on meanwhile`
    : report.done;
}

/** Whether containerd has to be restarted. It reads its configuration when it starts, but finds links at any time. */
function needsRestart(changes: readonly Change[]): boolean {
  return changes.some(({ kind }) => kind === "file");
}
