import { readFileSync } from "node:fs";
import type { Plugin } from "@dunnage/core";
import * as v from "valibot";
import { linuxOf, part } from "./spec.ts";

const schema = v.strictObject({
  /**
   * A JSON file with `linux.seccomp` in OCI's format. Docker's format, with includes and excludes, is a different one.
   */
  profile: v.pipe(
    v.string("must be a path"),
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      try {
        const profile = part(JSON.parse(readFileSync(dataset.value, "utf8")));
        if (typeof profile["defaultAction"] === "string" && !("archMap" in profile)) return profile;
        addIssue({ message: "is no seccomp profile in OCI's form: defaultAction is missing, or archMap is there" });
      } catch (error) {
        addIssue({ message: `cannot be read: ${(error as Error).message}` });
      }
      return NEVER;
    }),
  ),
});

/** Gives a seccomp profile to containers that have none. */
const plugin: Plugin<v.InferOutput<typeof schema>> = {
  name: "seccomp",
  apiVersion: 1,
  configSchema: schema,
  files: (config) => [part(config)["profile"]].filter((path) => typeof path === "string"),
  hooks: {
    preCreate: {
      phase: "mutate",
      handler: ({ spec }, { config, adjust }) => {
        if (part(linuxOf(spec)["seccomp"])["defaultAction"] === undefined) adjust.setSeccomp(config.profile);
      },
    },
  },
};

export default plugin;
