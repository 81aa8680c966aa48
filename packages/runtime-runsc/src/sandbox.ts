import { type ContainerRef, type OciSpec, readSpec } from "@dunnage/core";

/** Annotations by which containerd's CRI plugin, and CRI-O, tell what a container is in its pod. */
const typeKeys = ["io.kubernetes.cri.container-type", "io.kubernetes.cri-o.ContainerType"];

/** A container as runsc is to know it. */
export interface Sandboxed {
  readonly container: ContainerRef;
  /** Whether it joins, or has joined, the sandbox of its pod. */
  readonly isMember: boolean;
}

/**
 * Tells a container's name in runsc and its part in a pod. A bundle that is gone is no member's.
 *
 * runsc takes ids for abbreviations: `app` is ambiguous, to every command, as long as there is an `app-2`. So ids end with `__` there,
 * which no id of containerd has. Ids of pods' containers have 64 digits each, and their annotations name the sandbox: they stay.
 * @see https://github.com/google/gvisor/blob/master/runsc/specutils/cri.go
 */
export function toSandboxed(container: ContainerRef): Sandboxed {
  const type = podType(container.bundle);
  if (type !== undefined || /^[0-9a-f]{64}$/.test(container.id)) return { container, isMember: type === "container" };
  return { container: { ...container, id: `${container.id}__` }, isMember: false };
}

function podType(bundle: string): string | undefined {
  try {
    return typeOf(readSpec(bundle));
  } catch {
    return undefined;
  }
}

function typeOf({ annotations = {} }: OciSpec): string | undefined {
  return typeKeys.map((key) => annotations[key]).find((value) => value !== undefined);
}
