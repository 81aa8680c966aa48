import * as v from "valibot";
import { parseDuration } from "./duration.ts";
import { parseSize } from "./size.ts";

const text = v.pipe(v.string("must be a text"), v.nonEmpty("must not be empty"));

const oneOf = <const Options extends readonly string[]>(options: Options) =>
  v.picklist(options, `must be ${options.map((option) => `"${option}"`).join(" or ")}`);

const duration = v.pipe(
  v.string('must be a text with a unit, for example "30s"'),
  v.check((value) => parseDuration(value) !== undefined, 'must be a duration such as "250ms", "30s" or "1m30s"'),
  v.transform((value) => parseDuration(value) as number),
);

const size = v.pipe(
  v.string('must be a text with a unit, for example "1MiB"'),
  v.check((value) => parseSize(value) !== undefined, 'must be a size from "4KiB" to "1GiB"'),
  v.transform((value) => parseSize(value) as number),
);

const table = v.record(v.string(), v.unknown(), "must be a table");

const runtimeUse = v.pipe(
  v.string("must be a text"),
  v.regex(/^(?:builtin:[a-z0-9-]+|module:\/.+)$/, 'must be "builtin:NAME" or "module:/absolute/path"'),
);

const moduleUse = v.pipe(
  v.string("must be a text"),
  v.regex(/^module:\/.+\.(?:mjs|js|mts|ts)$/, 'must be "module:/absolute/path", ending in .mjs, .js, .mts or .ts'),
);

const runtimeTable = v.strictObject(
  { use: v.optional(runtimeUse), binary: v.optional(text), root: v.optional(text), config: v.optional(table) },
  "must be a table",
);

/** One file. Every key may be missing: what is needed is checked once all files are merged. */
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
    plugin: v.optional(
      v.array(
        v.strictObject(
          {
            name: v.pipe(
              v.string("must be a text"),
              v.regex(/^[A-Za-z0-9][\w.-]*$/, "must be a name: letters, digits, . _ -"),
            ),
            use: moduleUse,
            config: v.optional(table),
            timeout: v.optional(duration),
            on_error: v.optional(oneOf(["closed", "open"])),
          },
          "must be a table",
        ),
        "must be an array of tables: [[plugin]]",
      ),
    ),
  },
  "must be a table",
);

/** What one file says, durations in milliseconds. */
export type FileConfig = v.InferOutput<typeof fileSchema>;

/** One thing that is wrong with a file. */
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

/** Keys that the table at `path` may have. */
export function keysOf(path: readonly (string | number)[]): readonly string[] {
  const [first] = path;
  if (first === undefined) return Object.keys(fileSchema.entries);
  if (first === "stdio") return Object.keys(fileSchema.entries.stdio.wrapped.entries);
  if (first === "runtimes") return Object.keys(runtimeTable.entries);
  if (first === "plugin") return Object.keys(fileSchema.entries.plugin.wrapped.item.entries);
  return [];
}

function toProblem(issue: v.BaseIssue<unknown>): Problem {
  const path = (issue.path ?? []).map((step) => step.key as string | number);
  const isKeyIssue = issue.type === "strict_object" && issue.path !== undefined;
  if (isKeyIssue && issue.expected === "never") return { path, kind: "unknown", message: "" };
  if (isKeyIssue && issue.received === "undefined") return { path, kind: "missing", message: "" };
  return { path, kind: "wrong", message: issue.message };
}
