import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { definePlugin } from "@dunnage/core";

export default definePlugin<{ readonly directory: string }>({
  name: "exec-secrets",
  apiVersion: 1,
  hooks: {
    /** Each file of the directory is a variable of every exec, and of nothing else: no spec, no image and no log holds it. */
    preExec: {
      phase: "mutate",
      async handler(_, { config, adjust }) {
        for (const name of await readdir(config.directory)) {
          adjust.setEnv(name, (await readFile(join(config.directory, name), "utf8")).trimEnd());
        }
      },
    },
  },
});
