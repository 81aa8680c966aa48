/** The result of one run of ava: titles, preceded by the label, and by the file if ava ran several files. */
export interface AvaResult {
  readonly passed: string[];
  /** Title or description of each failure. Pending, crashed and unloadable tests are failures. */
  readonly failed: string[];
  /** Todo tests count as skipped. */
  readonly skipped: string[];
}

/** Patterns of a line: the mark, the title and the duration; and the list to which the title belongs. */
const patterns: readonly (readonly [RegExp, keyof AvaResult])[] = [
  [/^( {2}✘ \[fail\]: )(.*)$/, "failed"],
  [/^( {2}✔ )(.*?)(?: \([\dhms. ]+\))?$/, "passed"],
  [/^( {2}- \[(?:skip|todo)\] )(.*)$/, "skipped"],
  [/^( {2})(Un(?:caught exception|handled rejection) in .*)$/, "failed"],
  [/^( {2}◌ )(.*)$/, "failed"],
  // Printed at the end of a run in the VM, by the run itself and not by a test.
  [/^(failed: )((?:left behind|skipped without).*)$/, "failed"],
  [/^( {2}✘ )((?:Exiting due|No tests found|Internal error|.* exited due to|.* remaining in ).*)$/, "failed"],
];

/**
 * Collects results from the lines of ava's default reporter. Its TAP reporter crashes on a timeout or a process.exit of
 * the code under test.
 */
export class AvaOutput {
  readonly #label: string;
  readonly result: AvaResult = { passed: [], failed: [], skipped: [] };

  /** `label` precedes every title. */
  constructor(label = "") {
    this.#label = label;
  }

  /** Reads one line of ava's standard output, without its line end; returns it with the label. */
  line(text: string): string {
    for (const [pattern, kind] of patterns) {
      const [, mark, title] = text.match(pattern) ?? [];
      if (mark === undefined) continue;
      this.result[kind].push(this.#label + title);
      return mark + this.#label + text.slice(mark.length);
    }
    return text;
  }

  /**
   * Called when ava has ended. An exit code that no line explains is a failure as well: failed tests explain 1, nothing
   * explains a signal.
   */
  end(description: string, exitCode: number | null): AvaResult {
    const isExplained = exitCode === 0 || (exitCode === 1 && this.result.failed.length > 0);
    if (!isExplained) this.result.failed.push(`${this.#label}${description}: ava ended with ${exitCode}`);
    return this.result;
  }
}
