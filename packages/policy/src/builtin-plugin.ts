import type { Plugin } from "@dunnage/core";

/** The ready-made policies, by the name after `builtin:`. Each is loaded when the configuration names it. */
const plugins: Readonly<Record<string, () => Promise<{ readonly default: unknown }>>> = {
  capabilities: () => import("./builtin/capabilities.ts"),
  env: () => import("./builtin/env.ts"),
  exec: () => import("./builtin/exec.ts"),
  images: () => import("./builtin/images.ts"),
  mounts: () => import("./builtin/mounts.ts"),
  "pod-security": () => import("./builtin/pod-security.ts"),
  resources: () => import("./builtin/resources.ts"),
  rootfs: () => import("./builtin/rootfs.ts"),
  seccomp: () => import("./builtin/seccomp.ts"),
  signals: () => import("./builtin/signals.ts"),
};

/** Names of the ready-made policies. */
export const builtinNames: readonly string[] = Object.keys(plugins);

/** Returns a ready-made policy, undefined if there is none of this name. */
export async function builtinPlugin(name: string): Promise<Plugin | undefined> {
  const load = Object.hasOwn(plugins, name) ? plugins[name] : undefined;
  return (await load?.())?.default as Plugin | undefined;
}
