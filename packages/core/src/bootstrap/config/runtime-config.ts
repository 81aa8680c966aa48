import { readFileSync } from "node:fs";
import type { SchemaIssue, StandardSchema } from "../../runtime/standard-schema.ts";
import type { Config } from "./config.ts";
import { ConfigError } from "./config-error.ts";

/**
 * Validates `[runtimes.NAME.config]` with the schema of the runtime and returns the schema's output. Without a schema,
 * returns the table.
 * @throws {ConfigError} one line per problem: `/etc/dunnage/config.toml:7: `runtimes.runsc.config.platform` must be …`
 */
export async function checkRuntimeConfig(config: Config, name: string, schema?: StandardSchema): Promise<unknown> {
  const table = config.runtimes[name]?.config ?? {};
  if (schema === undefined) return table;
  const result = await schema["~standard"].validate(table);
  if (result.issues === undefined) return result.value;
  const { lineOf } = await import("./toml-lines.ts");
  const texts = config.files.map((path) => ({ path, text: readFileSync(path, "utf8") })).reverse();
  const problems = result.issues.map((issue) => {
    const path = ["runtimes", name, "config", ...keysOf(issue)];
    const place = findPlace(texts, path, lineOf);
    return `${place}\`${path.join(".")}\` ${issue.message}`;
  });
  throw new ConfigError(problems);
}

type Path = readonly (string | number)[];

/**
 * Returns `FILE:LINE: ` of the last file that has the key on a line of its own; otherwise of the last file that has at
 * least its table; otherwise an empty text.
 */
function findPlace(
  texts: readonly { readonly path: string; readonly text: string }[],
  path: Path,
  lineOf: (text: string, path: Path) => number | undefined,
): string {
  const found = texts.flatMap(({ path: file, text }) => {
    const line = lineOf(text, path);
    // A line that is not the table's is the key's own. The table's line is the next best.
    return line === undefined ? [] : [{ place: `${file}:${line}: `, isOwn: line !== lineOf(text, path.slice(0, -1)) }];
  });
  return (found.find(({ isOwn }) => isOwn) ?? found[0])?.place ?? "";
}

function keysOf({ path = [] }: SchemaIssue): (string | number)[] {
  const keys = path.map((step) => (typeof step === "object" ? step.key : step));
  return keys.map((key) => (typeof key === "number" ? key : String(key)));
}
