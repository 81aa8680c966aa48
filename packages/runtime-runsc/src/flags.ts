import { suggestion } from "@dunnage/core";
import * as v from "valibot";

/** Global flags of runsc by name, as on its command line: `platform` → `ptrace`. */
export type RunscFlags = Readonly<Record<string, string>>;

/** Flags that only the shim sets: each call has its own log, and other programs than runsc use the root. */
const reserved = ["root", "log", "log-fd", "log-format"];

const flagName = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9][A-Za-z0-9_-]*$/, "is no name of a flag"),
  v.check((name) => !reserved.includes(name), "is the shim's to set"),
);

const flagValue = v.pipe(
  v.union([v.string(), v.boolean(), v.number()], "must be a text, a number, or true or false"),
  v.transform(String),
);

/** Schema of the table `runsc_config` of gVisor's own shim: any global flag of runsc. */
export const flagsSchema: v.GenericSchema<unknown, RunscFlags> = v.record(flagName, flagValue, "must be a table");

/** Returns `--NAME=VALUE` for each flag. `%ID%` in a value is the container's id, as with gVisor's own shim. */
export function flagArgs(flags: RunscFlags, id: string): string[] {
  return Object.entries(flags).map(([name, value]) => `--${name}=${value.replaceAll("%ID%", id)}`);
}

/** Returns the message for a strict object of these keys: `unknown key; did you mean …?`. */
export function unknownKey(keys: readonly string[]): (issue: v.BaseIssue<unknown>) => string {
  return (issue) => {
    if (issue.expected !== "never") return "must be a table";
    return `is unknown${suggestion(String(issue.path?.at(-1)?.key ?? ""), keys)}`;
  };
}
