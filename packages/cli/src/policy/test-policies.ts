import { type AuditEntry, type Config, type HookChain, judge } from "@dunnage/core/internal";
import type { CommandContext } from "../command.ts";
import { loadHooks } from "../hooks/load-hooks.ts";
import { differences, type Verdict } from "./compare.ts";
import { readCases, type TestCase } from "./test-case.ts";

/** The result of a case; `differences` is empty if it is as expected. */
export interface CaseResult extends Verdict {
  readonly file: string;
  readonly stage: string;
  readonly differences: readonly string[];
}

/** What `dunnage policy test --json` prints. */
export interface Report {
  readonly total: number;
  readonly drifted: number;
  readonly cases: readonly CaseResult[];
}

/**
 * Runs the hooks of a configuration on all cases.
 * @throws {Error} a case is not valid, or a plugin cannot be loaded.
 */
export async function testPolicies(
  paths: readonly string[],
  config: Config,
  { context, enforce }: { readonly context: CommandContext; readonly enforce?: boolean | undefined },
): Promise<Report> {
  const cases = readCases(paths);
  const entries: AuditEntry[] = [];
  const { hooks } = await loadHooks(config, context, { audit: (entry) => entries.push(entry), enforce });
  const results: CaseResult[] = [];
  for (const each of cases) {
    const verdict = await verdictOn(each, hooks, entries);
    const { file, event, expect } = each;
    const expected = enforce ? { ...expect, decision: enforced(expect.decision) } : expect;
    results.push({ file, stage: event.stage, ...verdict, differences: differences(expected, verdict) });
  }
  hooks.close();
  return {
    total: results.length,
    drifted: results.filter((each) => each.differences.length > 0).length,
    cases: results,
  };
}

/**
 * Returns the decision that is expected with `--enforce`: what was only logged when the case was recorded takes effect
 * now.
 */
const enforced = (decision: Verdict["decision"]): Verdict["decision"] =>
  decision.replace("would-", "") as Verdict["decision"];

async function verdictOn({ event }: TestCase, hooks: HookChain, entries: AuditEntry[]): Promise<Verdict> {
  entries.length = 0;
  const { error, changes } = await judge(hooks, event);
  const [entry] = entries;
  // No hook applies to such a container.
  if (entry === undefined) return { decision: "allow", warnings: [], annotations: {}, changes: [] };
  const { decision, policy, rule, reason, warnings = [], annotations = {} } = entry;
  return {
    decision,
    policy,
    rule,
    message: error?.message ?? reason,
    warnings: warnings.map(({ by, message }) => `${by}: ${message}`),
    annotations,
    changes: (entry.changes ?? []).map(({ op, path, by }, i) => ({ op, path, by, value: changes[i]?.value })),
  };
}
