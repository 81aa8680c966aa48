/** What one run of ava came to: titles, with the file in front when ava ran several, and the label before that. */
export interface AvaResult {
  readonly passed: string[];
  /** Title or description of each failure. Pending, crashed and unloadable tests are failures. */
  readonly failed: string[];
  /** Todo tests count as skipped. */
  readonly skipped: string[];
}

/** What stands before a title, the title, and how long it took; and where the title belongs. */
const PATTERNS: readonly (readonly [RegExp, keyof AvaResult])[] = [
  [/^( {2}✘ \[fail\]: )(.*)$/, "failed"],
  [/^( {2}✔ )(.*?)(?: \([\dhms. ]+\))?$/, "passed"],
  [/^( {2}- \[(?:skip|todo)\] )(.*)$/, "skipped"],
  [/^( {2})(Un(?:caught exception|handled rejection) in .*)$/, "failed"],
  [/^( {2}◌ )(.*)$/, "failed"],
  // Of a run in the VM: what it says at its end, which no test has said.
  [/^(failed: )((?:left behind|skipped without).*)$/, "failed"],
  [/^( {2}✘ )((?:Exiting due|No tests found|Internal error|.* exited due to|.* remaining in ).*)$/, "failed"],
];

/** Counts from the lines of ava's default reporter (its TAP reporter dies on a time-out or a process.exit of the code under test). */
export class AvaOutput {
  readonly #label: string;
  readonly result: AvaResult = { passed: [], failed: [], skipped: [] };

  /** `label`: goes before every title. */
  constructor(label = "") {
    this.#label = label;
  }

  /** Takes one line of ava's standard output, without its end; returns it with the label. */
  line(text: string): string {
    for (const [pattern, kind] of PATTERNS) {
      const [, mark, title] = text.match(pattern) ?? [];
      if (mark === undefined) continue;
      this.result[kind].push(this.#label + title);
      return mark + this.#label + text.slice(mark.length);
    }
    return text;
  }

  /** Ava has ended: an exit code that no line explains is a failure as well. Failed tests explain 1, and nothing explains a signal. */
  end(description: string, exitCode: number | null): AvaResult {
    const isExplained = exitCode === 0 || (exitCode === 1 && this.result.failed.length > 0);
    if (!isExplained) this.result.failed.push(`${this.#label}${description}: ava ended with ${exitCode}`);
    return this.result;
  }
}
