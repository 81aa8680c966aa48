import type { Plugin } from "@dunnage/core";
import * as v from "valibot";

const names = v.array(v.pipe(v.string(), v.regex(/^(CAP_)?[A-Z_]+$/, "must be the name of a capability")));

const schema = v.strictObject({
  /** "ALL", or names with or without CAP_. */
  drop: v.union([v.literal("ALL"), names], 'must be "ALL" or a list of names'),
  keep: v.optional(names, []),
  no_new_privileges: v.optional(v.boolean(), false),
});

/** Drops capabilities of every process, both init and execs. */
const plugin: Plugin<v.InferOutput<typeof schema>> = {
  name: "capabilities",
  apiVersion: 1,
  configSchema: schema,
  hooks: {
    preCreate: {
      phase: "mutate",
      handler: (_, { config, adjust }) => {
        adjust.process.tighten.dropCapabilities(config.drop, config.keep);
        if (config.no_new_privileges) adjust.process.tighten.noNewPrivileges();
      },
    },
    preExec: {
      phase: "mutate",
      handler: (_, { config, adjust }) => {
        adjust.tighten.dropCapabilities(config.drop, config.keep);
        if (config.no_new_privileges) adjust.tighten.noNewPrivileges();
      },
    },
  },
};

export default plugin;
