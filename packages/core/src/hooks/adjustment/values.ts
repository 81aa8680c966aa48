import { normaliseBelow } from "../../spec/spec-shape.ts";
import { isTable, type Table } from "../../spec/table.ts";
import { parsePointer } from "./adjustment.ts";

/** What a rule applies. */
export interface Operand {
  /** The last step of the path. */
  readonly key: string;
  /** As the hook sent it. */
  readonly value: unknown;
  /** For messages. */
  readonly path: string;
}

/** Checks a value that a hook gives. @throws {TypeError} it is not valid; the message says what it must be. */
export type Check<T> = (value: unknown, path: string) => T;

function check<T>(is: (value: unknown) => value is T, what: string): Check<T> {
  return (value, path) => {
    if (is(value)) return value;
    throw new TypeError(`the value for ${path} must be ${what}`);
  };
}

const isText = (value: unknown): value is string => typeof value === "string" && !value.includes("\0");
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

export const text: Check<string> = check(isText, "a text without NUL");
export const texts: Check<string[]> = check(
  (value): value is string[] => Array.isArray(value) && value.every(isText),
  "a list of texts without NUL",
);
export const args: Check<string[]> = check(
  (value): value is string[] => Array.isArray(value) && value.length > 0 && value.every(isText),
  "a list of at least one text, without NUL",
);
export const count: Check<number> = check(isCount, "a whole number, at least 0");
/** At least 1: a limit of 0 would mean no limit. */
export const ceiling: Check<number> = check(
  (value): value is number => isCount(value) && value > 0,
  "a whole number, at least 1",
);
export const table: Check<Table> = check(isTable, "an object");
export const absolute: Check<string> = check(
  (value): value is string => isText(value) && value.startsWith("/"),
  "an absolute path",
);
export const yes: Check<true> = check((value): value is true => value === true, "true");
export const signal: Check<number> = check(
  (value): value is number => isCount(value) && value >= 1 && value <= 64,
  "a signal number, 1 to 64",
);
/** Accepts what the OCI configuration may hold at `path`. */
export const specified: Check<unknown> = (value, path) => {
  const problem = normaliseBelow(json(value, path), parsePointer(path));
  if (problem === undefined) return value;
  throw new TypeError(`the value for ${path} does not fit: ${problem.path} ${problem.reason}`);
};
/** Like `specified`, for an object. */
export const specifiedTable: Check<Table> = (value, path) => table(specified(value, path), path);

const json: Check<unknown> = check((value): value is unknown => isJson(value), "JSON");

function isJson(value: unknown): boolean {
  if (value === null || typeof value === "string" || typeof value === "boolean") return true;
  if (typeof value === "number") return Number.isFinite(value);
  return typeof value === "object" && Object.values(value).every(isJson);
}
