import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The pod and the group of a container, as config.json names them. */
export interface Company {
  /** Id of the sandbox container of its pod; empty: it is not part of a pod. */
  readonly pod: string;
  /** The group that containerd-shim-runc-v2 would use; empty: the container alone. */
  readonly group: string;
}

const groupAnnotation = "io.containerd.runc.v2.group";
const sandboxAnnotation = "io.kubernetes.cri.sandbox-id";

/**
 * Reads the annotations that group containers. A bundle without a readable config.json has none; Create reports that.
 * @see https://github.com/containerd/containerd/blob/main/cmd/containerd-shim-runc-v2/manager/manager_linux.go groupLabels
 */
export function readCompany(bundle: string): Company {
  const annotations = readAnnotations(bundle);
  const pod = annotations[sandboxAnnotation] ?? "";
  return { pod, group: annotations[groupAnnotation] ?? pod };
}

function readAnnotations(bundle: string): Readonly<Record<string, string>> {
  try {
    return JSON.parse(readFileSync(join(bundle, "config.json"), "utf8"))?.annotations ?? {};
  } catch {
    return {};
  }
}
