import { rmSync } from "node:fs";
import { Client, Code, StatusError } from "@dunnage/ttrpc";
import { readIdentity } from "../../hooks/loader/file-identity.ts";
import { hasErrorCode } from "../../native/libc-error.ts";
import { readBorn } from "./born.ts";
import { type KnownDaemon, listDaemons } from "./daemons.ts";
import { type Group, groupLines } from "./group.ts";
import type { Paths } from "./paths.ts";
import { addressOf } from "./registration.ts";

/** The container that looks for a daemon. */
export interface Candidate {
  readonly id: string;
  /** Name of the adapter that it was started through. */
  readonly runtime: string;
  /** Id of its pod's sandbox container; empty: it is not part of a pod. */
  readonly pod: string;
  readonly group: Group;
  /** `id` of the revision of the configuration. A daemon with a different one is not eligible. */
  readonly configId: string;
}

/** A daemon that does not answer within this time counts as hung. */
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
 * Removes the claims that the container's launcher may have left with other daemons, which were full or ended a moment
 * later. Otherwise they would count a container that never arrives.
 */
export function withdrawClaims(paths: Paths, { id, group }: Candidate, keepDirectory: string): void {
  for (const { directory, registration, claims } of listDaemons(paths)) {
    const { namespace, grpcAddress } = registration.group;
    const isOurs = namespace === group.namespace && grpcAddress === group.grpcAddress;
    if (isOurs && directory !== keepDirectory) claims.remove(id);
  }
}

/**
 * Returns the daemons of the group, best first: the one that has the pod, full or not; then those that take any
 * container. A changed environment of containerd does not split a pod, because its containers may share a sandbox.
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
 * Leaves a claim first, then looks again: a daemon that ends withdraws its registration before it looks for claims. A
 * daemon whose registration is dated before the claim has not run for a while, and a closed one may have no
 * descriptors. These are pinged. If one does not answer, its registration is removed.
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

/** Whether a daemon answers calls. The service does not exist: Unimplemented is an answer, too. */
async function isAnswering(socket: string): Promise<boolean> {
  const timeout = { timeoutMs: pingTimeoutMs };
  try {
    using client = await Client.connect(addressOf(socket), timeout);
    await client.call({ service: "dunnage.Ping", method: "Ping" }, new Uint8Array(), timeout);
    return true;
  } catch (error) {
    return StatusError.is(error) && error.code === Code.Unimplemented;
  }
}
