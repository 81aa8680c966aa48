import { readFileSync, statSync } from "node:fs";
import { basename } from "node:path";
import { isOwnOrAbove } from "../../cgroups/ancestor.ts";
import { alreadyExists, invalidArgument } from "../../errors/errors.ts";
import { hasEnded, isRunning, readProcess } from "../../native/proc.ts";
import { initPidFile, readPidFile } from "../../oci/pid-file.ts";
import type { RuntimeOptions } from "../../runtime/options.ts";
import type { OciSpec } from "../../spec/bundle.ts";
import { type DaemonIdentity, readJournal } from "./journal.ts";

/** Returns the identity of a bundle's directory, whatever path leads to it; undefined if it does not exist. */
export function bundleKey(bundle: string): string | undefined {
  const stat = statSync(bundle, { throwIfNoEntry: false });
  return stat && `${stat.dev}:${stat.ino}`;
}

/**
 * Refuses a bundle in which a container of another daemon runs: its journal would be lost.
 * @throws {StatusError} AlreadyExists
 */
export function requireUnused(bundle: string, self: DaemonIdentity): void {
  const journal = readJournal(bundle);
  if (journal === undefined || journal.exit !== undefined || journal.daemon.directory === self.directory) return;
  if (isThere(journal.daemon) && isAlive(initPid(bundle))) {
    throw alreadyExists(`bundle ${bundle} belongs to container ${journal.id}: already exists`);
  }
}

/**
 * Refuses a container whose cgroup contains the shim. Its end would be the shim's as well, because a runtime kills
 * every process in the container's cgroup.
 * @throws {StatusError} InvalidArgument
 */
export function requireOwnCgroup(spec: OciSpec, options: RuntimeOptions): void {
  const cgroupsPath = spec.linux?.cgroupsPath ?? "";
  if (options.systemdCgroup || !isOwnOrAbove(cgroupsPath, readFileSync("/proc/self/cgroup", "utf8"))) return;
  throw invalidArgument(`linux.cgroupsPath ${JSON.stringify(cgroupsPath)} is the shim's own cgroup, or above it`);
}

/** The directory is named PID.STARTTIME. */
function isThere({ pid, directory }: DaemonIdentity): boolean {
  return isRunning({ pid, startTime: Number(basename(directory).split(".")[1]) });
}

function isAlive(pid: number | undefined): boolean {
  const found = pid === undefined ? undefined : readProcess(pid);
  return found !== undefined && !hasEnded(found);
}

function initPid(bundle: string): number | undefined {
  try {
    return readPidFile(initPidFile(bundle));
  } catch {
    return undefined; // the runtime has not made it yet, or failed
  }
}
