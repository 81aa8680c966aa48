import { isHostNamespace } from "../cel/namespaces.ts";
import { list, type Part, part } from "./spec.ts";

/** What a process of the host would see, or change, through the namespace. */
const own = ["network", "pid", "ipc", "mount", "uts"];

/**
 * Returns what of `linux` puts a container into a namespace of the host. One that is not named is the host's. A mount namespace is
 * never shared: no pod has one in common.
 */
export function judgeNamespaces(linux: Part): string | undefined {
  const namespaces = list(linux["namespaces"]).map(part);
  const isJoined = namespaces.some(({ type, path }) => type === "mount" && path !== undefined && path !== "");
  const shared = own.filter((type) => isHostNamespace(namespaces, type) || (type === "mount" && isJoined));
  return shared.length === 0 ? undefined : `shares the host's ${shared.join(", ")} namespace`;
}
