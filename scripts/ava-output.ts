/** What one run of ava came to. Pending, crashed and unloadable tests are failures; todo tests count as skipped. */
export interface AvaResult {
  passed: number;
  /** Title or description of each failure. */
  failed: string[];
  /** Titles, with the file in front when ava ran several. */
  skipped: string[];
}

const PATTERNS: readonly (readonly [RegExp, (result: AvaResult, match: RegExpMatchArray) => void])[] = [
  [/^ {2}✘ \[fail\]: (.*)$/, (result, match) => result.failed.push(String(match[1]))],
  [/^ {2}✔ /, (result) => result.passed++],
  [/^ {2}- \[(?:skip|todo)\] (.*)$/, (result, match) => result.skipped.push(String(match[1]))],
  [/^ {2}(Un(?:caught exception|handled rejection) in .*)$/, (result, match) => result.failed.push(String(match[1]))],
  [/^ {2}◌ (.*)$/, (result, match) => result.failed.push(`${match[1]} (never ended)`)],
  [
    /^ {2}✘ ((?:Exiting due|No tests found|Internal error|.* exited due to|.* remaining in ).*)$/,
    (result, match) => result.failed.push(String(match[1])),
  ],
];

/** Counts from the lines of ava's default reporter (its TAP reporter dies on a time-out or a process.exit of the code under test). */
export class AvaOutput {
  readonly result: AvaResult = { passed: 0, failed: [], skipped: [] };

  /** One line of ava's standard output, without its end. */
  line(text: string): void {
    for (const [pattern, count] of PATTERNS) {
      const match = text.match(pattern);
      if (match) {
        count(this.result, match);
        return;
      }
    }
  }

  /** Ava has ended: an exit code that no line explains is a failure as well. */
  end(description: string, exitCode: number | null): AvaResult {
    if (exitCode !== 0 && this.result.failed.length === 0)
      this.result.failed.push(`${description}: ava ended with ${exitCode}`);
    return this.result;
  }
}
