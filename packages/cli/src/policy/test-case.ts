import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { failedPrecondition, type Stage, stages } from "@dunnage/core";
import {
  completeEvent,
  type ExpectedVerdict,
  parseExactJson,
  type RecordedRequest,
  type WrittenEvent,
} from "@dunnage/core/internal";
import * as v from "valibot";

/** One case of `dunnage policy test`. */
export interface TestCase extends Pick<RecordedRequest, "event"> {
  readonly file: string;
  readonly expect: ExpectedVerdict;
}

const text = v.string("must be a text");
const decisions = ["allow", "mutate", "deny", "error", "would-deny", "would-mutate", "fail-open", "exempt"] as const;
const regularExpression = v.pipe(text, v.check(isRegularExpression, "must be a regular expression"));

const caseSchema = v.strictObject({
  v: v.optional(v.literal(1, "must be 1")),
  event: v.looseObject({
    stage: v.picklist(Object.keys(stages) as Stage[], "must be the name of a stage"),
    container: v.optional(v.record(v.string(), v.unknown())),
  }),
  expect: v.strictObject({
    decision: v.picklist(decisions, `must be one of ${decisions.join(", ")}`),
    policy: v.optional(text),
    rule: v.optional(text),
    message: v.optional(regularExpression),
    warnings: v.optional(v.array(regularExpression)),
    annotations: v.optional(v.record(text, regularExpression)),
    changes: v.optional(
      v.array(
        v.strictObject({
          op: v.picklist(["set", "remove", "tighten"], "must be set, remove or tighten"),
          path: text,
          by: v.optional(text),
          value: v.optional(v.unknown()),
        }),
      ),
    ),
  }),
});

/**
 * Reads the cases in files, and in directories and their subdirectories.
 * @throws {StatusError} FailedPrecondition – there is no case, or a file is not one; the message has the file, the key
 * and what is wrong.
 */
export function readCases(paths: readonly string[]): TestCase[] {
  const files = paths.flatMap(listFiles);
  if (files.length === 0) throw failedPrecondition(`no case (*.json) in ${paths.join(", ")}`);
  return files.map(readCase);
}

function listFiles(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  const names = readdirSync(path, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".json"));
  return names.sort().map((name) => join(path, name));
}

function readCase(file: string): TestCase {
  const result = v.safeParse(caseSchema, parseJson(file));
  if (result.success) {
    return { file, event: completeEvent(result.output.event as WrittenEvent), expect: result.output.expect };
  }
  const problems = result.issues.map((issue) => `${file}: ${v.getDotPath(issue) ?? "it"}: ${issue.message}`);
  throw failedPrecondition(problems.join("\n"));
}

function parseJson(file: string): unknown {
  try {
    return parseExactJson(readFileSync(file, "utf8"));
  } catch (error) {
    throw failedPrecondition(`${file}: ${(error as Error).message}`);
  }
}

function isRegularExpression(source: string): boolean {
  try {
    return new RegExp(source) !== null;
  } catch {
    return false;
  }
}
