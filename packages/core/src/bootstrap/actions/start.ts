import { rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Program, Surroundings } from "../context.ts";
import { scrubEnvironment } from "../daemon/become-daemon.ts";
import type { Daemon } from "../daemon/daemon.ts";
import type { Flags } from "../flags.ts";
import { printAnswer, writeAddress } from "../group/answer.ts";
import { type KnownDaemon, removeDeadDaemons } from "../group/daemons.ts";
import { groupHash, toGroup } from "../group/group.ts";
import { type Candidate, joinDaemon, withdrawClaims } from "../group/join.ts";
import { Paths } from "../group/paths.ts";
import { readCompany } from "../group/pod.ts";
import { rememberInput } from "../group/remembered-input.ts";
import { StartLock } from "../group/start-lock.ts";
import { parseStartRequest, type StartRequest } from "../group/start-request.ts";
import { closeStandardStreams } from "../process/standard-streams.ts";
import { readBuild, readSurroundings } from "../surroundings.ts";
import { readStandardInput } from "./standard-input.ts";

/** How long to wait while another process starts the daemon. After that, a second daemon is the lesser evil. */
const lockTimeoutMs = 10_000;
const lockRetryMs = 10;

/** One call of `start`: the request and its context. */
interface Start {
  readonly request: StartRequest;
  readonly surroundings: Surroundings;
  readonly paths: Paths;
  readonly candidate: Candidate;
  readonly bundle: string;
}

/**
 * `start`: answers with a daemon that takes the container, or becomes that daemon and resolves when it ends.
 * The working directory is the bundle.
 */
export async function start(flags: Flags, env: NodeJS.ProcessEnv, program: Program): Promise<void> {
  const begun = await begin(flags, env, program);
  const found = await findOrLock(begun);
  if ("daemon" in found) return answerFrom(found.daemon, begun, env);
  const daemon = await startDaemon(begun, program, found.lock);
  removeHint(env);
  scrubEnvironment(env);
  printAnswer(daemon.answer);
  closeStandardStreams(begun.surroundings.libc);
  await daemon.ended;
}

async function begin(flags: Flags, env: NodeJS.ProcessEnv, program: Program): Promise<Start> {
  const bundle = process.cwd();
  const request = await parseStartRequest(flags, env, readStandardInput());
  const surroundings = await readSurroundings(env, program);
  const paths = new Paths(surroundings.runtimeDir);
  paths.create();
  removeDeadDaemons(paths);
  const { runtime, config, configRevision, libDir } = surroundings;
  const { pod, group } = readCompany(bundle);
  const member = { namespace: "", pod: group || request.id, container: request.id }[config.grouping];
  const candidate = {
    id: request.id,
    runtime,
    pod,
    group: toGroup(request, readBuild(libDir), member),
    configId: configRevision.id,
  };
  return { request, surroundings, paths, candidate, bundle };
}

/** The lock is undefined if its holder took too long. */
type Found = { readonly daemon: KnownDaemon } | { readonly lock: StartLock | undefined };

async function findOrLock({ paths, candidate, surroundings }: Start): Promise<Found> {
  const lockPath = paths.lock(groupHash(candidate.group));
  for (const end = performance.now() + lockTimeoutMs; performance.now() < end; await sleep(lockRetryMs)) {
    const daemon = await joinDaemon(paths, candidate);
    if (daemon !== undefined) return { daemon };
    const lock = StartLock.tryOpen(surroundings.libc, lockPath);
    if (lock === undefined) continue;
    const late = await joinDaemon(paths, candidate); // another process may have registered and unlocked since
    if (late === undefined) return { lock };
    lock[Symbol.dispose]();
    return { daemon: late };
  }
  return { lock: undefined };
}

/**
 * Removes the hint. Other launchers wait because ours announced that it starts a daemon. From here on they find the
 * daemon itself.
 */
function removeHint(env: NodeJS.ProcessEnv): void {
  if (env["DUNNAGE_STARTING"]) rmSync(env["DUNNAGE_STARTING"], { force: true });
}

function answerFrom(daemon: KnownDaemon, { request, surroundings, bundle }: Start, env: NodeJS.ProcessEnv): void {
  rememberInput(daemon.directory, surroundings.runtime, request);
  writeAddress(bundle, daemon.registration.socket);
  removeHint(env);
  printAnswer(daemon.registration.answer);
}

/** Starts the daemon. Releases the lock once launchers can find the daemon, or once it has failed. */
async function startDaemon(
  { request, surroundings, paths, candidate, bundle }: Start,
  program: Program,
  startLock: StartLock | undefined,
): Promise<Daemon> {
  using _lock = startLock;
  const { Daemon } = await import("../daemon/daemon.ts");
  const { grouping, lingerMs } = surroundings.config;
  const isSolo = grouping === "container";
  const { group } = candidate;
  const daemon = await Daemon.start({ group, surroundings, program, paths, isSolo, lingerMs });
  daemon.claims.add(request.id, surroundings.runtime);
  rememberInput(daemon.directory, surroundings.runtime, request);
  writeAddress(bundle, daemon.socket);
  daemon.register();
  withdrawClaims(paths, candidate, daemon.directory);
  return daemon;
}
