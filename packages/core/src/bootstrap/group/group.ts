import { createHash } from "node:crypto";
import { namespaceInode } from "../../native/proc.ts";
import type { StartRequest } from "./start-request.ts";

/**
 * What containers must have in common to share a daemon. In addition, the user, the mount namespace and the user
 * namespace must be equal. These are compared with those of the daemon's process itself.
 */
export interface Group {
  /** Build id of the distribution: a new installation gets daemons of its own. */
  readonly build: string;
  readonly namespace: string;
  readonly grpcAddress: string;
  readonly ttrpcAddress: string;
  readonly debug: boolean;
  readonly schedCore: boolean;
  /** The part of the daemon's environment that its children get, in one line. The launcher creates it. */
  readonly environment: string;
  readonly socketDir: string;
  readonly shimCgroup: string;
  /** With grouping by pod or container: the id of the pod or container. Empty: everything in the namespace. */
  readonly member: string;
}

/** Returns the group of a container. `member`: the id of its pod or its own, as the grouping requires, or empty. */
export function toGroup(request: StartRequest, build: string, member: string): Group {
  const { namespace, grpcAddress, ttrpcAddress, debug, schedCore, environment, socketDir, shimCgroup } = request;
  const process = { debug, schedCore, environment, socketDir, shimCgroup };
  return { build, namespace, grpcAddress, ttrpcAddress, ...process, member };
}

/** Returns the fields in the order of the registration's lines; see registration.ts. */
export function groupLines(group: Group): string[] {
  return [
    group.build,
    group.namespace,
    group.grpcAddress,
    group.ttrpcAddress,
    `debug=${group.debug ? 1 : 0} sched_core=${group.schedCore ? "1" : ""}`,
    group.environment,
    group.socketDir,
    group.shimCgroup,
    group.member,
  ];
}

/** Returns the name of the group for files, 64 hex digits. It also covers what the registration does not contain. */
export function groupHash(group: Group): string {
  const view = [process.geteuid?.(), namespaceInode("self", "mnt"), namespaceInode("self", "user")];
  return createHash("sha256")
    .update(JSON.stringify([groupLines(group), view]))
    .digest("hex");
}
