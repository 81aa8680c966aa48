import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { StaleHooks } from "../../hooks/chain/live-hooks.ts";
import { hasErrorCode } from "../../native/libc-error.ts";
import { listDaemons } from "./daemons.ts";
import { daemonFiles, type Paths } from "./paths.ts";
import { writeAtomically } from "./registration.ts";

/** A daemon whose hooks are not those of its configuration. */
export interface StaleDaemon {
  readonly pid: number;
  /** Namespace of containerd. */
  readonly namespace: string;
  /** Time of the first failed load, as in JSON. */
  readonly since: string;
  readonly reason: string;
}

/** Records in the directory of a daemon that its hooks are stale; undefined: they are not. */
export function showStaleHooks(daemonDir: string, stale: StaleHooks | undefined): void {
  const path = join(daemonDir, daemonFiles.staleHooks);
  if (stale === undefined) rmSync(path, { force: true });
  else writeAtomically(path, JSON.stringify(stale));
}

/** Returns the live daemons of this host whose hooks are stale. */
export function listStaleDaemons(paths: Paths): StaleDaemon[] {
  return listDaemons(paths).flatMap(({ directory, registration: { pid, group } }) => {
    const stale = readStaleHooks(directory);
    return stale === undefined ? [] : [{ pid, namespace: group.namespace, ...stale }];
  });
}

function readStaleHooks(daemonDir: string): Pick<StaleDaemon, "since" | "reason"> | undefined {
  try {
    return JSON.parse(readFileSync(join(daemonDir, daemonFiles.staleHooks), "utf8"));
  } catch (error) {
    if (hasErrorCode(error, "ENOENT")) return undefined;
    throw error;
  }
}
