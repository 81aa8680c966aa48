import type { StandardSchema } from "@dunnage/core";

/** The plugin's table `config`. */
export interface Config {
  /** Programs that do not start. */
  readonly deny: readonly string[];
}

/** Any library that makes a Standard Schema would do as well: valibot, zod, arktype. */
export const configSchema: StandardSchema<Config> = {
  "~standard": { version: 1, vendor: "NAME", validate },
};

function validate(value: unknown) {
  const { deny = [], ...rest } = value as { deny?: unknown };
  const unknown = Object.keys(rest).map((key) => ({ message: "unknown key", path: [key] }));
  if (unknown.length > 0) return { issues: unknown };
  if (Array.isArray(deny) && deny.every((program) => typeof program === "string")) return { value: { deny } };
  return { issues: [{ message: "must be a list of programs", path: ["deny"] }] };
}
