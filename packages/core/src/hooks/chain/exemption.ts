import type { HookContainer } from "../event/event.ts";
import { isCovered } from "../text.ts";

/** Containers that no hook judges. */
export interface Exemptions {
  /** Namespaces of containerd, without patterns. */
  readonly namespaces: readonly string[];
  /** `namespace/name` of pods. A `*` at the end of the name matches all names that begin with the part before it. */
  readonly pods: readonly string[];
}

export const noExemptions: Exemptions = { namespaces: [], pods: [] };

/**
 * Returns what exempts a container: the key of the configuration and its value. Undefined: the container is not exempt.
 */
export function exemptionOf(
  { namespaces, pods }: Exemptions,
  container: HookContainer | undefined,
): string | undefined {
  if (container === undefined) return undefined;
  const { namespace, kind, pod } = container;
  if (namespaces.includes(namespace)) return `hooks.exempt.namespaces "${namespace}"`;
  if (kind === "standalone" || pod === undefined) return undefined;
  const pattern = pods.find((pattern) => isCovered(`${pod.namespace}/${pod.name}`, pattern));
  return pattern === undefined ? undefined : `hooks.exempt.pods "${pattern}"`;
}
