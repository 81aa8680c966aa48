import { type ContainerRef, type OciSpec, readSpec } from "@dunnage/core";

/** Annotations with which containerd's CRI plugin and CRI-O say what a container is in its pod. */
const typeKeys = ["io.kubernetes.cri.container-type", "io.kubernetes.cri-o.ContainerType"];
const sandboxKeys = ["io.kubernetes.cri.sandbox-id", "io.kubernetes.cri-o.SandboxID"];

/** A container as runsc knows it. */
export interface Sandboxed {
  readonly container: ContainerRef;
  /** Whether it joins, or has joined, its pod's sandbox. */
  readonly isMember: boolean;
  /** The container for which the sandbox was created: this one, or the pod's. */
  readonly sandbox: ContainerRef;
}

/**
 * Returns a container's name in runsc and its role in a pod. A container without a bundle counts as no pod member.
 *
 * runsc accepts abbreviated ids: every command finds `app` ambiguous while an `app-2` exists. So ids end with `__` in
 * runsc, which no id of containerd does. Pod containers keep their ids: these have 64 digits each, and annotations
 * refer to the sandbox by its id.
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
