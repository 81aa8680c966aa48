import { cut } from "../text.ts";

/** Most warnings, and most annotations, that one call of a hook can make. */
const maxNotes = 32;
const maxWarningLength = 1_000;
/** The limit of an audit annotation of Kubernetes (apiserver, admission/plugin/policy/validating/dispatcher.go). */
const maxValueLength = 10 * 1024;
const keyPattern = /^[A-Za-z0-9][\w.-]{0,62}$/;

/**
 * The warnings and annotations of a hook, in addition to its verdict. A text that is too long is cut. An annotation or
 * warning that cannot be accepted is omitted, and a warning says so. No call fails because of them.
 */
export class HookNotes {
  readonly warnings: string[] = [];
  /** By key, without the plugin's name. */
  readonly annotations = new Map<string, string>();

  warn(message: string): void {
    const line = String(message).replaceAll(/\s+/g, " ").trim();
    if (this.warnings.length < maxNotes) this.warnings.push(cut(line, maxWarningLength));
    else this.warnings[maxNotes - 1] = "more warnings than these are omitted";
  }

  annotate(key: string, value: string): void {
    const problem = this.#problemOf(String(key));
    if (problem === undefined) this.annotations.set(String(key), cut(String(value), maxValueLength));
    else this.warn(`annotation ${JSON.stringify(cut(String(key), 100))} is omitted: ${problem}`);
  }

  #problemOf(key: string): string | undefined {
    if (!keyPattern.test(key)) return "a key is 1 to 63 letters, digits, . _ - and begins with a letter or digit";
    return this.annotations.size < maxNotes || this.annotations.has(key) ? undefined : `there are ${maxNotes} already`;
  }
}
