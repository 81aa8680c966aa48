import { rmSync } from "node:fs";
import { Client, Code, StatusError } from "@dunnage/ttrpc";
import { readIdentity } from "../../hooks/loading/file-identity.ts";
import { hasErrorCode } from "../../native/libc-error.ts";
import { readBorn } from "./born.ts";
import { type KnownDaemon, listDaemons } from "./daemons.ts";
import { type Group, groupLines } from "./group.ts";
import type { Paths } from "./paths.ts";
import { addressOf } from "./registration.ts";

/** The container that looks for a daemon. */
export interface Candidate {
  readonly id: string;
  /** Name of the adapter that it was started by. */
  readonly runtime: string;
  /** Id of its pod's sandbox container; empty: it is in no pod. */
  readonly pod: string;
  readonly group: Group;
  /** `id` of the revision of the configuration: a daemon with another one does not fit. */
  readonly configId: string;
}

/** A daemon that does not answer within this time hangs. */
const pingTimeoutMs = 1_000;

/** Leaves a claim with a live daemon of the container's group and returns that daemon; undefined: there is none. */
export async function joinDaemon(paths: Paths, candidate: Candidate): Promise<KnownDaemon | undefined> {
  for (const daemon of findDaemons(paths, candidate)) {
    if (await leaveClaim(daemon, candidate)) {
      withdrawClaims(paths, candidate, daemon.directory);
      return daemon;
    }
  }
  return undefined;
}

/**
 * Takes back what the container's launcher may have left with other daemons, which were full or ended the moment after:
 * they would count a container that never comes.
 */
export function withdrawClaims(paths: Paths, { id, group }: Candidate, keepDirectory: string): void {
  for (const { directory, registration, claims } of listDaemons(paths)) {
    const { namespace, grpcAddress } = registration.group;
    const isOurs = namespace === group.namespace && grpcAddress === group.grpcAddress;
    if (isOurs && directory !== keepDirectory) claims.remove(id);
  }
}

/**
 * Daemons of the group, best first: the one that has the pod, full or not; then those that take any container. A pod is not torn apart
 * because containerd's environment has changed: its containers may share a sandbox.
 */
function findDaemons(paths: Paths, candidate: Candidate): KnownDaemon[] {
  const { group, pod, configId } = candidate;
  const hasPod = (daemon: KnownDaemon) => pod !== "" && daemon.claims.has(pod);
  const isOfGroup = (daemon: KnownDaemon): boolean => {
    const registered = daemon.registration.group;
    const environment = hasPod(daemon) ? group.environment : registered.environment;
    return groupLines({ ...registered, environment }).join("\n") === groupLines(group).join("\n");
  };
  const daemons = listDaemons(paths).filter(
    (daemon) => isOfGroup(daemon) && readBorn(daemon.directory)?.configId === configId,
  );
  const takesAny = (daemon: KnownDaemon) => daemon.isOpen || group.member !== "";
  return [...daemons.filter(hasPod), ...daemons.filter((daemon) => takesAny(daemon) && !hasPod(daemon))];
}

/**
 * First the claim, then another look: a daemon that ends withdraws its registration before it looks for claims. One whose
 * registration is dated before the claim has not run for a while, and a closed one may have no descriptors: these are asked, and put
 * aside if they do not answer.
 */
async function leaveClaim(daemon: KnownDaemon, { id, runtime }: Candidate): Promise<boolean> {
  try {
    daemon.claims.add(id, runtime);
  } catch (error) {
    if (hasErrorCode(error, "ENOENT")) return false;
    throw error;
  }
  const registered = readIdentity(daemon.file);
  const claim = daemon.claims.identity(id);
  if (registered === undefined || claim === undefined) return false;
  const isSeenToRun = daemon.isOpen && registered.mtimeNs >= claim.mtimeNs;
  if (isSeenToRun || (await isAnswering(daemon.registration.socket))) return true;
  rmSync(daemon.file, { force: true });
  daemon.claims.remove(id);
  return false;
}

/** Whether a daemon answers calls. Any answer will do: there is no such service. */
async function isAnswering(socket: string): Promise<boolean> {
  const timeout = { timeoutMs: pingTimeoutMs };
  try {
    using client = await Client.connect(addressOf(socket), timeout);
    await client.call("dunnage.Ping", "Ping", new Uint8Array(), timeout);
    return true;
  } catch (error) {
    return StatusError.is(error) && error.code === Code.Unimplemented;
  }
}
