import { definePlugin } from "@dunnage/core";
import { type Config, configSchema } from "./config.ts";

export default definePlugin<Config>({
  name: "NAME",
  apiVersion: 1,
  configSchema,
  hooks: {
    /** The container exists, its program does not run yet. What is denied never does, and the client reads the reason. */
    preStart({ spec }, { config, deny, log }) {
      const program = spec.process?.args?.[0] ?? "";
      if (config.deny.includes(program)) deny(`${program} is not allowed here`);
      log.debug("allowed", { program });
    },
  },
});
