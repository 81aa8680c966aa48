import type { HookContainer, OciSpec } from "@dunnage/core";
import { glob } from "../cel/functions.ts";
import { part } from "./spec.ts";

/**
 * Annotations by which a container steers its runtime. crun writes files that they name, and replaces the seccomp
 * filter or the program that runs. runc and crun set properties of the systemd unit. gVisor and Kata change what they
 * isolate.
 * @see https://github.com/containers/crun/blob/main/crun.1.md
 * @see https://github.com/opencontainers/runc/blob/main/docs/systemd.md
 * @see https://gvisor.dev/docs/user_guide/filesystem
 */
const steering = [
  "run.oci.*",
  "krun.*",
  "module.wasm.image/*",
  "org.criu.*",
  "org.systemd.property.*",
  "dev.gvisor.*",
  "io.katacontainers.*",
  "io.kubernetes.cri-o.*",
];

/** Annotations that only CRI may set. For runsc they name the sandbox that a container joins. */
const cri = "io.kubernetes.cri.*";

/**
 * Returns which annotations steer the runtime and match none of the patterns in `allowed`; undefined: there are none.
 */
export function judgeAnnotations(
  spec: OciSpec,
  { namespace }: HookContainer,
  allowed: readonly string[],
): string | undefined {
  const patterns = namespace === "k8s.io" ? steering : [...steering, cri];
  const isOneOf = (key: string, among: readonly string[]): boolean => among.some((pattern) => glob(key, pattern));
  const found = Object.keys(part(spec.annotations)).filter((key) => isOneOf(key, patterns) && !isOneOf(key, allowed));
  return found.length === 0 ? undefined : `steers the runtime by the annotation ${found.join(", ")}`;
}
