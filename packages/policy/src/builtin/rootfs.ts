import type { Plugin } from "@dunnage/core";
import * as v from "valibot";
import { mountsOf } from "./spec.ts";

const schema = v.strictObject({
  /** Directories that stay writable, each an empty tmpfs. */
  tmpfs: v.optional(v.array(v.pipe(v.string(), v.startsWith("/", "must be an absolute path"))), ["/tmp"]),
});

/** Makes the root of every container read-only. */
const plugin: Plugin<v.InferOutput<typeof schema>> = {
  name: "rootfs",
  apiVersion: 1,
  configSchema: schema,
  hooks: {
    preCreate: {
      phase: "mutate",
      handler: ({ spec }, { config, adjust }) => {
        adjust.tighten.readonlyRootfs();
        const taken = new Set(mountsOf(spec).map((mount) => mount["destination"]));
        for (const destination of config.tmpfs) {
          if (taken.has(destination)) continue;
          const options = ["nosuid", "nodev", "mode=1777", "size=64m"];
          adjust.addMount({ destination, type: "tmpfs", source: "tmpfs", options });
        }
      },
    },
  },
};

export default plugin;
