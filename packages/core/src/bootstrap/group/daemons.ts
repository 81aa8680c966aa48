import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { hasErrorCode } from "../../native/libc-error.ts";
import { isRunning, namespaceInode } from "../../native/proc.ts";
import { readBorn } from "./born.ts";
import { Claims, claimFreshMs } from "./claims.ts";
import { daemonFiles, type Paths } from "./paths.ts";
import { type Registration, readRegistration } from "./registration.ts";

/** A daemon, as its directory describes it. */
export interface KnownDaemon {
  readonly directory: string;
  /** Path of the registration. */
  readonly file: string;
  /** Whether it takes any container of its group. */
  readonly isOpen: boolean;
  readonly registration: Registration;
  readonly claims: Claims;
}

/** Returns the daemons that are registered and alive, in our mount and user namespace, ordered by name. */
export function listDaemons(paths: Paths): KnownDaemon[] {
  const directories = listDirectories(paths).map((name) => join(paths.daemons, name));
  return directories.flatMap(readDaemon).filter(({ registration }) => isAlive(registration));
}

function readDaemon(directory: string): KnownDaemon[] {
  for (const name of [daemonFiles.open, daemonFiles.closed]) {
    const file = join(directory, name);
    const registration = readRegistration(file);
    const claims = new Claims(directory);
    if (registration !== undefined) {
      return [{ directory, file, isOpen: name === daemonFiles.open, registration, claims }];
    }
  }
  return [];
}

function isAlive(registration: Registration): boolean {
  return isRunning(registration) && isSameView(registration.pid);
}

/** A daemon in another mount namespace would mount root file systems where containerd does not see them. */
function isSameView(pid: number): boolean {
  try {
    return (["mnt", "user"] as const).every((type) => namespaceInode(pid, type) === namespaceInode("self", type));
  } catch (error) {
    if (hasErrorCode(error, "EACCES", "EPERM")) return false;
    throw error;
  }
}

/** Removes what dead daemons left behind. */
export function removeDeadDaemons(paths: Paths): void {
  for (const name of listDirectories(paths)) {
    const [pid = 0, startTime = 0] = name.split(".").map(Number);
    const directory = join(paths.daemons, name);
    if (isRunning({ pid, startTime }) || !isOfOurPidNamespace(directory)) continue;
    const socket = readDaemon(directory)[0]?.registration.socket;
    // Outside of the directory only if containerd named a socket directory. Then no other daemon has this name: it is a
    // hash.
    if (socket !== undefined) rmSync(socket, { force: true });
    rmSync(directory, { recursive: true, force: true });
  }
}

/**
 * Whether a daemon is in our pid namespace. A pid of another pid namespace means nothing here. A daemon that died
 * before it could record its pid namespace counts as ours after a while. A correction of the clock makes that sooner or
 * later, but the moment between the creation of its directory and of `born` is short.
 */
function isOfOurPidNamespace(directory: string): boolean {
  const born = readBorn(directory);
  if (born !== undefined) return born.pidNamespace === namespaceInode("self", "pid");
  const stat = statSync(directory, { throwIfNoEntry: false });
  return stat !== undefined && Date.now() - stat.mtimeMs > claimFreshMs;
}

function listDirectories(paths: Paths): string[] {
  try {
    return readdirSync(paths.daemons)
      .filter((name) => /^\d+\.\d+$/.test(name))
      .sort();
  } catch (error) {
    if (hasErrorCode(error, "ENOENT")) return [];
    throw error;
  }
}
