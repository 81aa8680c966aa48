import * as v from "valibot";
import { auditTable, exemptTable, hooksTable, matchTable, pluginTable } from "./hook-schema.ts";
import { duration, oneOf, size, table, text } from "./schema-parts.ts";

const runtimeUse = v.pipe(
  v.string("must be a text"),
  v.regex(
    /^(?:builtin:[a-z0-9-]+|module:\/.+|package:.+)$/,
    'must be "builtin:NAME", "module:/absolute/path" or "package:NAME"',
  ),
);

const runtimeTable = v.strictObject(
  { use: v.optional(runtimeUse), binary: v.optional(text), root: v.optional(text), config: v.optional(table) },
  "must be a table",
);

/** The schema of one file. Every key is optional: requirements are checked once all files are merged. */
export const fileSchema = v.strictObject(
  {
    version: v.optional(v.literal(1, "must be 1")),
    grouping: v.optional(oneOf(["namespace", "pod", "container"])),
    cap: v.optional(
      v.pipe(v.number("must be a number"), v.integer("must be whole"), v.minValue(1, "must be at least 1")),
    ),
    linger: v.optional(duration),
    answer: v.optional(oneOf(["plain", "json"])),
    stdio: v.optional(
      v.strictObject(
        {
          mode: v.optional(oneOf(["auto", "pipe"])),
          drain_timeout: v.optional(duration),
          when_reader_is_away: v.optional(oneOf(["block", "drop-oldest"])),
          drop_buffer: v.optional(size),
          logger_ready_timeout: v.optional(duration),
        },
        "must be a table",
      ),
    ),
    runtimes: v.optional(
      v.record(
        v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9-]*$/, "must be a name of lower-case letters, digits and hyphens")),
        runtimeTable,
        "must be a table",
      ),
    ),
    hooks: v.optional(hooksTable),
    audit: v.optional(auditTable),
    plugin: v.optional(v.array(pluginTable, "must be an array of tables: [[plugin]]")),
  },
  "must be a table",
);

/** The content of one file, with durations in milliseconds. */
export type FileConfig = v.InferOutput<typeof fileSchema>;

/** One problem in a file. */
export interface Problem {
  readonly path: readonly (string | number)[];
  readonly kind: "unknown" | "missing" | "wrong";
  /** For `wrong`: what the value must be. */
  readonly message: string;
}

/** Checks the parsed text of one file. */
export function checkFile(value: unknown): { readonly config: FileConfig } | { readonly problems: readonly Problem[] } {
  const result = v.safeParse(fileSchema, value);
  if (result.success) return { config: result.output };
  return { problems: result.issues.map(toProblem) };
}

/** Returns the keys that the table at `path` may have. */
export function keysOf(path: readonly (string | number)[]): readonly string[] {
  const [first] = path;
  if (first === undefined) return Object.keys(fileSchema.entries);
  if (first === "stdio") return Object.keys(fileSchema.entries.stdio.wrapped.entries);
  if (first === "runtimes") return Object.keys(runtimeTable.entries);
  if (first === "hooks") return Object.keys((path.includes("exempt") ? exemptTable : hooksTable).entries);
  if (first === "audit") return Object.keys(auditTable.entries);
  if (first === "plugin") return Object.keys((path.includes("match") ? matchTable : pluginTable).entries);
  return [];
}

function toProblem(issue: v.BaseIssue<unknown>): Problem {
  const path = (issue.path ?? []).map((step) => step.key as string | number);
  const isKeyIssue = issue.type === "strict_object" && issue.path !== undefined;
  if (isKeyIssue && issue.expected === "never") return { path, kind: "unknown", message: "" };
  if (isKeyIssue && issue.received === "undefined") return { path, kind: "missing", message: "" };
  return { path, kind: "wrong", message: issue.message };
}
