import { isDeepStrictEqual } from "node:util";
import { formatExactJson } from "@dunnage/core";
import type { AuditEntry, ExpectedChange, ExpectedVerdict } from "@dunnage/core/internal";

/** The verdict of the hooks on a request. */
export interface Verdict {
  readonly decision: AuditEntry["decision"];
  readonly policy?: string | undefined;
  readonly rule?: string | undefined;
  /** The message that the client would get. If nothing is refused: the reason for which it would have been. */
  readonly message?: string | undefined;
  /** `PLUGIN: MESSAGE` */
  readonly warnings: readonly string[];
  readonly annotations: Readonly<Record<string, string>>;
  readonly changes: readonly ExpectedChange[];
}

/**
 * Returns how a verdict differs from the expected one, one line for each difference. What has no expectation is not
 * compared.
 */
export function differences(expected: ExpectedVerdict, actual: Verdict): string[] {
  const found: string[] = [];
  for (const key of ["decision", "policy", "rule"] as const) {
    const wanted = expected[key];
    if (wanted !== undefined && wanted !== actual[key]) found.push(difference(key, wanted, actual[key] ?? "none"));
  }
  const { message, warnings, annotations = {}, changes } = expected;
  if (message !== undefined && !new RegExp(message).test(actual.message ?? "")) {
    found.push(difference("message", pattern(message), actual.message ?? "none"));
  }
  if (warnings !== undefined && !areWarnings(warnings, actual.warnings)) {
    found.push(difference("warnings", list(warnings.map(pattern)), list(actual.warnings)));
  }
  for (const [key, wanted] of Object.entries(annotations)) {
    const value = actual.annotations[key];
    if (value === undefined || !new RegExp(wanted).test(value)) {
      found.push(difference(`annotation ${key}`, pattern(wanted), value ?? "none"));
    }
  }
  if (changes !== undefined && !isSame(changes, actual.changes)) {
    found.push(difference("changes", describeChanges(changes), describeChanges(actual.changes)));
  }
  return found;
}

const difference = (key: string, expected: string, actual: string): string =>
  `${key}: expected ${expected}, is ${actual}`;

const pattern = (source: string): string => `/${source}/`;
const list = (words: readonly string[]): string => (words.length === 0 ? "none" : words.join(", "));

function areWarnings(expected: readonly string[], actual: readonly string[]): boolean {
  return expected.length === actual.length && expected.every((source, i) => new RegExp(source).test(actual[i] ?? ""));
}

function isSame(expected: readonly ExpectedChange[], actual: readonly ExpectedChange[]): boolean {
  if (expected.length !== actual.length) return false;
  return expected.every((change, i) =>
    isDeepStrictEqual(part(change, change), part(actual[i] as ExpectedChange, change)),
  );
}

/** Returns those fields of a change that `expected` specifies. */
function part(change: ExpectedChange, expected: ExpectedChange): object {
  const { op, path, by, value } = change;
  return { op, path, ...(expected.by === undefined ? {} : { by }), ...(expected.value === undefined ? {} : { value }) };
}

/** `set /root/readonly true, remove /process/env/X` */
function describeChanges(changes: readonly ExpectedChange[]): string {
  const words = changes.map(({ op, path, by, value }) => {
    const to = value === undefined ? "" : ` ${formatExactJson(value)}`;
    return `${op} ${path}${to}${by === undefined ? "" : ` by ${by}`}`;
  });
  return list(words);
}
