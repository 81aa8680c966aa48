import * as v from "valibot";
import { duration, oneOf, size, table, text, texts } from "./schema-parts.ts";

const pluginUse = v.pipe(
  v.string("must be a text"),
  v.regex(
    /^(?:module:\/.+\.(?:mjs|js|mts|ts)|package:.+|builtin:[a-z0-9-]+|policy:\/.+\.toml|(?:ttrpc|grpc):\/.+)$/,
    'must be "module:/absolute/path", ending in .mjs, .js, .mts or .ts, "package:NAME", "builtin:NAME", "policy:/absolute/path.toml", "ttrpc:/absolute/path.sock" or "grpc:/absolute/path.sock"',
  ),
);

const absolutePath = v.pipe(text, v.startsWith("/", "must be an absolute path"));

const count = (least: number) =>
  v.pipe(v.number("must be a number"), v.integer("must be whole"), v.minValue(least, `must be at least ${least}`));

/** With less memory, Node cannot start its threads. */
const minMemory = 64 * 2 ** 20;

const mode = oneOf(["enforce", "audit", "off"]);
const onError = oneOf(["closed", "open"]);
const codes = ["permission-denied", "failed-precondition", "invalid-argument", "resource-exhausted"] as const;

/**
 * `[hooks.exempt]`. Patterns are restricted: if a name matched more than it seems to, any user could choose a matching
 * name and be exempt.
 */
export const exemptTable = v.strictObject(
  {
    namespaces: v.optional(
      v.array(
        v.pipe(
          text,
          v.regex(/^[A-Za-z0-9][\w.-]*$/, "must be the name of a namespace of containerd, without patterns"),
        ),
        "must be a list of texts",
      ),
    ),
    pods: v.optional(
      v.array(
        v.pipe(
          text,
          v.regex(/^[a-z0-9-]+\/(?:[a-z0-9.-]+\*?|\*)$/, 'must be "NAMESPACE/NAME" of pods; NAME may end in *'),
        ),
        "must be a list of texts",
      ),
    ),
  },
  "must be a table",
);

/** `[hooks]`: the settings of every plugin. */
export const hooksTable = v.strictObject(
  {
    mode: v.optional(mode),
    on_error: v.optional(onError),
    timeout: v.optional(duration),
    deny_code: v.optional(oneOf(codes)),
    required: v.optional(texts),
    exempt: v.optional(exemptTable),
  },
  "must be a table",
);

/** `[audit]` */
export const auditTable = v.strictObject(
  {
    path: v.optional(absolutePath),
    allow_sample: v.optional(
      v.pipe(v.number("must be a number"), v.minValue(0, "must be at least 0"), v.maxValue(1, "must be at most 1")),
    ),
    argv: v.optional(oneOf(["head", "full", "none"])),
    max_size: v.optional(size),
    keep: v.optional(count(0)),
    record: v.optional(absolutePath),
    record_keep: v.optional(count(1)),
  },
  "must be a table",
);

/** `[plugin.match]` */
export const matchTable = v.strictObject(
  {
    namespaces: v.optional(texts),
    kinds: v.optional(v.array(oneOf(["sandbox", "container", "standalone"]), "must be a list")),
    runtimes: v.optional(texts),
    annotations: v.optional(v.record(v.string(), v.string("must be a text"), "must be a table")),
  },
  "must be a table",
);

/** `[[plugin]]` */
export const pluginTable = v.strictObject(
  {
    name: v.pipe(v.string("must be a text"), v.regex(/^[A-Za-z0-9][\w.-]*$/, "must be a name: letters, digits, . _ -")),
    use: pluginUse,
    config: v.optional(table),
    mode: v.optional(mode),
    timeout: v.optional(duration),
    on_error: v.optional(onError),
    order: v.optional(oneOf(["pre", "post"])),
    before: v.optional(texts),
    after: v.optional(texts),
    override: v.optional(texts),
    match: v.optional(matchTable),
    locked: v.optional(v.boolean("must be true or false")),
    isolation: v.optional(oneOf(["none", "process"])),
    memory: v.optional(v.pipe(size, v.minValue(minMemory, "must be at least 64MiB"))),
  },
  "must be a table",
);
