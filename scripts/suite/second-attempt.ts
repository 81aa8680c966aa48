import type { AvaResult } from "./ava-output.ts";
import type { Leg } from "./legs.ts";

/**
 * The leg reduced to the files that had failures; undefined if nothing failed or a failure cannot be attributed to a
 * file.
 */
export function toSecondAttempt(leg: Leg, { failed }: AvaResult): Leg | undefined {
  if (failed.length === 0) return undefined;
  const files = leg.files.filter((file) => failed.some((title) => isOf(title, file, leg)));
  const isPlaced = (title: string): boolean => files.some((file) => isOf(title, file, leg));
  return failed.every(isPlaced) ? { ...leg, files } : undefined;
}

/** The result of a second attempt, and the files that were run again. */
export interface SecondAttempt extends AvaResult {
  readonly files: readonly string[];
}

/**
 * Returns the result of both attempts of a leg. `unsteady`: titles that failed at the first and passed at the second.
 */
export function merge(
  leg: Leg,
  first: AvaResult,
  { files, ...second }: SecondAttempt,
): AvaResult & { readonly unsteady: string[] } {
  const isAgain = (title: string): boolean => files.some((file) => isOf(title, file, leg));
  const keep = (titles: readonly string[]): string[] => titles.filter((title) => !isAgain(title));
  return {
    passed: [...keep(first.passed), ...second.passed],
    failed: [...keep(first.failed), ...second.failed],
    skipped: [...keep(first.skipped), ...second.skipped],
    unsteady: second.failed.length === 0 ? first.failed.filter(isAgain) : [],
  };
}

/**
 * Whether a title is of a file. Titles start with their file, `io › open-io › …` for test/io/open-io.test.ts, after
 * the label of an end-to-end leg. In a leg of one file they do not.
 */
function isOf(title: string, file: string, leg: Leg): boolean {
  const name = file
    .replace(/^test\//, "")
    .replace(/\.test\.ts$/, "")
    .replaceAll("/", " › ");
  const { length } = leg.files;
  return length === 1 || title.startsWith(`${name} › `) || title.includes(` › ${name} › `) || title.includes(file);
}
