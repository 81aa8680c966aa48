import type { AvaResult } from "./ava-output.ts";

/** The content of test/compatibility.json: which tests prove which feature. */
export interface Features {
  readonly tables: readonly {
    readonly heading: string;
    readonly columns: readonly Column[];
    /** Feature → patterns of its tests, each as `file › title`. */
    readonly rows: Readonly<Record<string, readonly string[]>>;
  }[];
}

/** A column has the tests of one leg, or only those whose `file › title` matches a pattern. */
interface Column {
  readonly heading: string;
  readonly leg: string;
  readonly only?: string;
}

/** The results by leg. A leg that could not run here is missing. */
export type Results = ReadonlyMap<string, AvaResult>;

/** Content of a cell: the tests exist and pass, there are none, or they could not run here. */
const [passes, none, unknown] = ["✓", "–", "?"];

const introduction = `# Compatibility

A full run of \`make test-matrix\` writes this page, from the results of the tests that \`test/compatibility.json\` names.
${passes} they pass there, ${none} there are none. The tests simulate containerd 2.3: they start shims exactly as it does.
`;

/**
 * Returns the text of docs/compatibility.md for a run without failures. `names` has the headings that are printed
 * differently.
 */
export function formatCompatibility(
  { tables }: Features,
  results: Results,
  names: ReadonlyMap<string, string>,
): string {
  const parts = tables.map(({ heading, columns, rows }) => {
    const head = [heading, ...columns.map((column) => names.get(column.heading) ?? column.heading)];
    const body = Object.entries(rows).map(([feature, patterns]) => {
      return [feature, ...columns.map((column) => cellOf(column, toPatterns(patterns), results))];
    });
    return [head, head.map((_, index) => (index === 0 ? "---" : ":-:")), ...body].map(formatRow).join("");
  });
  return [introduction, ...parts].join("\n");
}

/**
 * Whether a run's text matches the committed one. Cells of tests that could not run here, and patch versions, may
 * differ.
 */
export function isSame(found: string, committed: string): boolean {
  const [cells, others] = [found, committed].map((text) => text.replaceAll(/(\d+\.\d+)\.\d+/g, "$1").split(/[|\n]/));
  return (
    cells?.length === others?.length &&
    cells?.every((cell, index) => cell.trim() === unknown || cell === others?.[index]) === true
  );
}

/** Whether all tests could run. */
export function isComplete(found: string): boolean {
  return !found.includes(`| ${unknown} |`);
}

/** Returns the patterns that no test of a full run matches. */
export function unmatched({ tables }: Features, results: Results): readonly string[] {
  const titles = [...results.values()].flatMap((result) => titlesOf([...result.passed, ...result.skipped]));
  const patterns = tables.flatMap(({ rows }) => Object.values(rows).flat());
  return patterns.filter((pattern) => !titles.some((title) => new RegExp(pattern).test(title)));
}

function cellOf({ leg, only = "" }: Column, patterns: readonly RegExp[], results: Results): string {
  const result = results.get(leg);
  if (result === undefined) return unknown;
  const isWanted = (title: string) => new RegExp(only).test(title) && patterns.some((pattern) => pattern.test(title));
  if (titlesOf(result.passed).some(isWanted)) return passes;
  return titlesOf(result.skipped).some(isWanted) ? unknown : none;
}

function toPatterns(patterns: readonly string[]): readonly RegExp[] {
  return patterns.map((pattern) => new RegExp(pattern));
}

/** Returns `file › title` of each title, without the legs and folders before it. */
function titlesOf(titles: readonly string[]): readonly string[] {
  return titles.map((title) => title.split(" › ").slice(-2).join(" › "));
}

function formatRow(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |\n`;
}
