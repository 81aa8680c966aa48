import { readFileSync } from "node:fs";
import { parse } from "smol-toml";
import * as v from "valibot";
import { type PolicyFile, policySchema } from "./policy-schema.ts";

/** Reads a policy file. @throws {Error} unreadable, no TOML, or what is wrong with which key. */
export function readPolicy(path: string): PolicyFile {
  return parsePolicy(readFileSync(path, "utf8"));
}

/** Parses the text of a policy file. @throws {Error} as `readPolicy`. */
export function parsePolicy(text: string): PolicyFile {
  const result = v.safeParse(policySchema, parse(text));
  if (result.success) return result.output;
  throw new Error(result.issues.map((issue) => `${v.getDotPath(issue) ?? "the file"}: ${wordsOf(issue)}`).join("; "));
}

function wordsOf(issue: v.BaseIssue<unknown>): string {
  if (issue.type !== "strict_object") return issue.message;
  return issue.expected === "never" ? "unknown key" : "is missing";
}
