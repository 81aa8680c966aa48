import type { OciProcess, Plugin, ProcessAdjust } from "@dunnage/core";
import * as v from "valibot";
import { glob } from "../cel/functions.ts";
import { texts } from "./spec.ts";

const patterns = v.optional(v.array(v.string()), []);

const schema = v.strictObject({
  /** Names of variables to remove; `*` and `?` work as in file name patterns. */
  remove: patterns,
  /** Names of variables that no process may start with. */
  deny: patterns,
  /** Variables that every process gets. */
  set: v.optional(v.record(v.string(), v.string("must be a text")), {}),
});

type Config = v.InferOutput<typeof schema>;

/** Removes, refuses or sets environment variables of every process, both init and execs. */
const plugin: Plugin<Config> = {
  name: "env",
  apiVersion: 1,
  configSchema: schema,
  hooks: {
    preCreate: [
      { phase: "mutate", handler: ({ spec }, { config, adjust }) => redact(spec.process, config, adjust.process) },
      { phase: "validate", handler: ({ spec }, { config, deny }) => judge(spec.process, config, deny) },
    ],
    preExec: [
      { phase: "mutate", handler: ({ process }, { config, adjust }) => redact(process, config, adjust) },
      { phase: "validate", handler: ({ process }, { config, deny }) => judge(process, config, deny) },
    ],
  },
};

export default plugin;

function namesIn(process: OciProcess | undefined): readonly string[] {
  return texts((process as { env?: unknown } | undefined)?.env).map((entry) => entry.split("=", 1)[0] ?? "");
}

function redact(process: OciProcess | undefined, { remove, set }: Config, adjust: ProcessAdjust): void {
  for (const name of new Set(namesIn(process))) {
    if (name !== "" && remove.some((pattern) => glob(name, pattern))) adjust.unsetEnv(name);
  }
  for (const [name, value] of Object.entries(set)) adjust.setEnv(name, value);
}

function judge(
  process: OciProcess | undefined,
  config: Config,
  deny: (reason: string, options: { rule: string }) => never,
): void {
  const found = namesIn(process).find((name) => config.deny.some((pattern) => glob(name, pattern)));
  if (found !== undefined) deny(`variable ${found} is not allowed`, { rule: "deny" });
}
