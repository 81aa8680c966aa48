import type { Plugin } from "@dunnage/core";
import * as v from "valibot";
import { glob, parseImage } from "../cel/functions.ts";

const schema = v.strictObject({
  /** Patterns for `registry/repository`: "registry.example/*", "docker.io/library/*". */
  allow: v.array(v.string()),
  require_digest: v.optional(v.boolean(), false),
  /** What to do if the image is unknown (only CRI reports it): refuse the container, or let it pass. */
  unknown: v.optional(v.picklist(["deny", "allow"], 'must be "deny" or "allow"'), "deny"),
});

type Config = v.InferOutput<typeof schema>;

/**
 * Allows only listed images. The name is the one that CRI was asked for: a hint, no proof. Signatures must be checked
 * by the component that pulls the image.
 */
const plugin: Plugin<Config> = {
  name: "images",
  apiVersion: 1,
  configSchema: schema,
  hooks: {
    preCreate: {
      phase: "validate",
      match: { kinds: ["container", "standalone"] },
      handler: ({ container: { image } }, { config, deny }) => {
        if (image === undefined) {
          if (config.unknown === "deny") deny("the image is not known", { rule: "unknown" });
          return;
        }
        const { registry, repository, digest } = parseImage(image);
        const name = `${registry}/${repository}`;
        if (!config.allow.some((pattern) => glob(name, pattern)))
          deny(`image ${name} is not allowed`, { rule: "allow" });
        if (config.require_digest && digest === "") deny(`image ${image} has no digest`, { rule: "require_digest" });
      },
    },
  },
};

export default plugin;
