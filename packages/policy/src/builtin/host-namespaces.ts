import { isHostNamespace } from "../cel/namespaces.ts";
import { list, type Part, part } from "./spec.ts";

/**
 * Namespaces that must not be the host's: through them a container could see or change what processes of the host use.
 */
const own = ["network", "pid", "ipc", "mount", "uts"];

/**
 * Returns how `linux` puts a container into namespaces of the host; undefined: it does not. A namespace that is not
 * listed is the host's. A mount namespace must not be joined at all: the containers of a pod never share one.
 */
export function judgeNamespaces(linux: Part): string | undefined {
  const namespaces = list(linux["namespaces"]).map(part);
  const isJoined = namespaces.some(({ type, path }) => type === "mount" && path !== undefined && path !== "");
  const shared = own.filter((type) => isHostNamespace(namespaces, type) || (type === "mount" && isJoined));
  return shared.length === 0 ? undefined : `shares the host's ${shared.join(", ")} namespace`;
}
