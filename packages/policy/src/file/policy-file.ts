import { readFileSync } from "node:fs";
import { lineOf } from "@dunnage/core/internal";
import { parse } from "smol-toml";
import * as v from "valibot";
import { type PolicyFile, policySchema } from "./policy-schema.ts";

/**
 * Reads a policy file.
 * @throws {Error} it is unreadable or no TOML, or a key is wrong; the message names the key and the line.
 */
export function readPolicy(path: string): PolicyFile {
  return parsePolicy(readFileSync(path, "utf8"));
}

/** Parses the text of a policy file. @throws {Error} as `readPolicy`. */
export function parsePolicy(text: string): PolicyFile {
  const result = v.safeParse(policySchema, parse(text));
  if (result.success) return result.output;
  throw new Error(result.issues.map((issue) => `${placeOf(issue, text)}: ${wordsOf(issue)}`).join("; "));
}

/**
 * Returns where an issue is, such as `line 7: validations.0.expression`. For a missing key it is the line of its table.
 */
function placeOf({ path }: v.BaseIssue<unknown>, text: string): string {
  const keys = (path ?? []).map(({ key }) => key as string | number);
  const line = lineOf(text, keys);
  return `${line === undefined ? "" : `line ${line}: `}${keys.join(".") || "the file"}`;
}

function wordsOf(issue: v.BaseIssue<unknown>): string {
  if (issue.type !== "strict_object") return issue.message;
  return issue.expected === "never" ? "unknown key" : "is missing";
}
