import { createHash } from "node:crypto";
import { namespaceInode } from "../../native/proc.ts";
import type { StartRequest } from "./start-request.ts";

/**
 * What containers must have in common to live in one daemon. Beside this: the user, and the mount and user namespace,
 * which are compared with those of the daemon's process itself.
 */
export interface Group {
  /** Build of the distribution: a new installation gets daemons of its own. */
  readonly build: string;
  readonly namespace: string;
  readonly grpcAddress: string;
  readonly ttrpcAddress: string;
  readonly debug: boolean;
  readonly schedCore: boolean;
  /** What the daemon's children get of its environment, in one line; the launcher makes it. */
  readonly environment: string;
  readonly socketDir: string;
  readonly shimCgroup: string;
  /** With grouping by pod or container: which one. Empty: everything in the namespace. */
  readonly member: string;
}

/** Returns the group of a container. `member`: its pod's or its own id where the grouping says so, or empty. */
export function toGroup(request: StartRequest, build: string, member: string): Group {
  const { namespace, grpcAddress, ttrpcAddress, debug, schedCore, environment, socketDir, shimCgroup } = request;
  const process = { debug, schedCore, environment, socketDir, shimCgroup };
  return { build, namespace, grpcAddress, ttrpcAddress, ...process, member };
}

/** Fields in the order of the registration's lines; see registration.ts. */
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

/** Name of the group for files, 64 hex digits: also what is not in its registration. */
export function groupHash(group: Group): string {
  const view = [process.geteuid?.(), namespaceInode("self", "mnt"), namespaceInode("self", "user")];
  return createHash("sha256")
    .update(JSON.stringify([groupLines(group), view]))
    .digest("hex");
}
