import { realpathSync } from "node:fs";
import type { Plugin } from "@dunnage/core";
import * as v from "valibot";
import { isUnder } from "../cel/functions.ts";
import { mountsOf, type Part, texts } from "./spec.ts";

const paths = v.array(v.pipe(v.string(), v.startsWith("/", "must be an absolute path")));

const schema = v.strictObject({
  /** Directories of the host that may be mounted; undefined: all but those that are denied. */
  allow_sources: v.optional(paths),
  /** The directory itself, what is below it, and what is above it: `/` holds everything. */
  deny_sources: v.optional(paths, [
    "/etc",
    "/proc",
    "/sys/fs/cgroup",
    "/run/containerd/containerd.sock",
    "/run/docker.sock",
    "/var/lib/kubelet/pki",
  ]),
  /** Propagation that lets mounts of the container show up on the host. */
  deny_shared: v.optional(v.boolean(), true),
});

type Config = v.InferOutput<typeof schema>;

/** Keeps directories and sockets of the host out of containers. */
const plugin: Plugin<Config> = {
  name: "mounts",
  apiVersion: 1,
  configSchema: schema,
  hooks: {
    preCreate: {
      phase: "validate",
      handler: ({ spec }, { config, deny }) => {
        for (const mount of mountsOf(spec)) {
          const [rule, reason] = judge(mount, config) ?? [];
          if (rule !== undefined && reason !== undefined) deny(reason, { rule });
        }
      },
    },
  },
};

export default plugin;

function judge(mount: Part, { allow_sources, deny_sources, deny_shared }: Config): [string, string] | undefined {
  const options = texts(mount["options"]);
  const where = `mount at ${String(mount["destination"])}`;
  if (deny_shared && options.some((option) => option === "shared" || option === "rshared"))
    return ["deny_shared", `${where} would be seen by the host`];
  if (mount["type"] !== "bind" && !options.some((option) => option === "bind" || option === "rbind")) return undefined;
  const source = resolve(String(mount["source"] ?? ""));
  const denied = deny_sources.map(resolve).find((path) => isUnder(source, path) || isUnder(path, source));
  if (denied !== undefined) return ["deny_sources", `${where}: ${source} of the host reaches ${denied}`];
  if (allow_sources !== undefined && !allow_sources.map(resolve).some((path) => isUnder(source, path)))
    return ["allow_sources", `${where}: ${source} of the host is not among the allowed ones`];
  return undefined;
}

/** Where a path really leads to: `/var/run` may be `/run`. */
function resolve(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
