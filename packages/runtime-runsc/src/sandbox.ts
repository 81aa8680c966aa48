import { type ContainerRef, type OciSpec, readSpec } from "@dunnage/core";

/** Annotations by which containerd's CRI plugin, and CRI-O, tell what a container is in its pod. */
const typeKeys = ["io.kubernetes.cri.container-type", "io.kubernetes.cri-o.ContainerType"];
const sandboxKeys = ["io.kubernetes.cri.sandbox-id", "io.kubernetes.cri-o.SandboxID"];

/** A container as runsc is to know it. */
export interface Sandboxed {
  readonly container: ContainerRef;
  /** Whether it joins, or has joined, the sandbox of its pod. */
  readonly isMember: boolean;
  /** The container that the sandbox was made for: itself, or that of the pod. */
  readonly sandbox: ContainerRef;
}

/**
 * Tells a container's name in runsc and its part in a pod. A bundle that is gone is no member's.
 *
 * runsc takes ids for abbreviations: `app` is ambiguous, to every command, as long as there is an `app-2`. So ids end with `__` there,
 * which no id of containerd has. Ids of pods' containers have 64 digits each, and their annotations name the sandbox: they stay.
 * @see https://github.com/google/gvisor/blob/master/runsc/specutils/cri.go
 */
export function toSandboxed(ref: ContainerRef): Sandboxed {
  const annotations = readAnnotations(ref.bundle);
  const type = find(annotations, typeKeys);
  const isPlain = type !== undefined || /^[0-9a-f]{64}$/.test(ref.id);
  const container = isPlain ? ref : { ...ref, id: `${ref.id}__` };
  if (type !== "container") return { container, isMember: false, sandbox: container };
  return { container, isMember: true, sandbox: { ...ref, id: find(annotations, sandboxKeys) ?? ref.id } };
}

function find(annotations: NonNullable<OciSpec["annotations"]>, keys: readonly string[]): string | undefined {
  return keys.map((key) => annotations[key]).find((value) => value !== undefined);
}

function readAnnotations(bundle: string): NonNullable<OciSpec["annotations"]> {
  try {
    return readSpec(bundle).annotations ?? {};
  } catch {
    return {};
  }
}
