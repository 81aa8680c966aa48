import type { CaseResult, Report } from "./test-policies.ts";

/** Formats a report for the user: each case with its differences below it, and the total. */
export function formatReport({ total, drifted, cases }: Report): string {
  const end = drifted === 0 ? `${total} case(s), all as expected` : `${total} case(s), ${drifted} not as expected`;
  return [...cases.map(formatCase), end].join("\n");
}

function formatCase({ file, stage, decision, policy, rule, differences }: CaseResult): string {
  const mark = differences.length === 0 ? "ok   " : "DRIFT";
  const by = policy === undefined ? "" : ` by ${[policy, rule].filter(Boolean).join("/")}`;
  return [`${mark} ${file}: ${stage}: ${decision}${by}`, ...differences.map((line) => `        ${line}`)].join("\n");
}
