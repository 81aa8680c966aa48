import { closeSync, existsSync, writeSync } from "node:fs";
import { basename, dirname, isAbsolute, join } from "node:path";
import type { Libc } from "../../native/libc.ts";
import { wire } from "../../proto/gen/wire.js";
import { toTimestamp } from "../../proto/timestamp.ts";
import type { ConfigError } from "../config/config-error.ts";
import type { Program } from "../context.ts";
import type { Flags } from "../flags.ts";
import { type KnownDaemon, listDaemons, removeDeadDaemons } from "../group/daemons.ts";
import { Paths } from "../group/paths.ts";
import { checkId } from "../group/start-request.ts";
import { dieWithLauncher, sinceLaunchMs } from "../process/launcher-process.ts";
import { runtimeOfBundle } from "../runtimes/runtime-of-bundle.ts";
import { readSurroundings } from "../surroundings.ts";
import { deleteThroughDaemon } from "./delete-through-daemon.ts";

/** containerd gives `delete` 5 s in total (io.containerd.timeout.shim.cleanup), from the start of the launcher. */
const cleanUpMs = 4_500;
/**
 * Limit if the start alone took most of that time. containerd's limit may be longer, and a runtime that is cut off may
 * not have forgotten the container.
 */
const minCleanUpMs = 2_500;
/** Limit for the calls to all daemons together. The rest of the time must suffice to clean up without them. */
const daemonsMs = 2_000;

/**
 * `delete`: removes what is left of a container and writes only a DeleteResponse to stdout. Works without the daemon,
 * with an incomplete or missing bundle, with an invalid configuration, and a second time. A live daemon that still has
 * the container is asked first, because containerd may have lost only the connection.
 * @see https://github.com/containerd/containerd/blob/main/core/runtime/v2/binary.go Delete
 */
export async function deleteContainer(flags: Flags, env: NodeJS.ProcessEnv, program: Program): Promise<void> {
  // A containerd with a longer limit, such as that of the tests, sets our limit in its environment.
  const limitMs = (Number(env["DUNNAGE_DELETE_LIMIT_MS"]) || cleanUpMs) - sinceLaunchMs();
  const endsAt = performance.now() + Math.max(minCleanUpMs, limitMs);
  const id = checkId(flags.id);
  const bundle = findBundle(flags);
  const surroundings = await readSurroundings(env, program, warnOfConfig);
  dieWithLauncher(surroundings.libc);
  const paths = new Paths(surroundings.runtimeDir);
  using output = new DisposableStack();
  const stdout = output.adopt(setStdoutAside(surroundings.libc), closeSync);
  const owners = listDaemons(paths).filter((daemon) => isOwner(daemon, flags));
  const response = (await deleteThroughDaemons(owners, id)) ?? (await cleanUp());
  for (const { claims } of owners) claims.remove(id);
  removeDeadDaemons(paths);
  writeSync(stdout, response);

  async function cleanUp(): Promise<Uint8Array> {
    const runtime = runtimeOfBundle(bundle) ?? surroundings.runtime;
    const limitMs = endsAt - performance.now();
    const request = { id, namespace: flags.namespace, bundle, runtime, limitMs, warn };
    const exit = await program.cleanUp(request, surroundings);
    const { pid, exitStatus, exitedAt } = exit;
    return wire.DeleteResponse.encode({ pid, exit_status: exitStatus, exited_at: toTimestamp(exitedAt) }).finish();
  }
}

/** What an invalid configuration would have defined, above all hooks, is not run. */
function warnOfConfig({ message }: ConfigError): void {
  warn(`cleaned up without the configuration, which is wrong:\n${message}`);
}

/** Writes to stderr, which containerd logs. */
function warn(text: string): void {
  writeSync(2, `${text}\n`);
}

/**
 * Returns a descriptor of standard output that only the caller writes to from now on. What hooks and their children
 * print to standard output goes to standard error, which containerd logs.
 */
function setStdoutAside(libc: Libc): number {
  const stdout = libc.duplicate(1);
  libc.dup2(2, 1);
  return stdout;
}

function isOwner({ registration, claims }: KnownDaemon, { id, namespace, address }: Flags): boolean {
  const { group } = registration;
  return group.namespace === namespace && group.grpcAddress === address && claims.has(id);
}

async function deleteThroughDaemons(owners: readonly KnownDaemon[], id: string): Promise<Uint8Array | undefined> {
  const signal = AbortSignal.timeout(daemonsMs);
  for (const { registration } of owners) {
    const response = await deleteThroughDaemon(registration.socket, id, signal);
    if (response !== undefined) return response;
  }
  return undefined;
}

/**
 * Returns the working directory if it is the bundle, as when containerd calls. Otherwise returns the bundle of the
 * flag, or the sibling of the working directory that is named by the id.
 */
function findBundle({ id, bundle }: Flags): string {
  const cwd = workingDirectory();
  if (cwd !== undefined && basename(cwd) === id) return cwd;
  if (isAbsolute(bundle)) return bundle;
  return join(cwd === undefined ? "/" : dirname(cwd), id);
}

/** Undefined if the working directory was removed while this process is in it. */
function workingDirectory(): string | undefined {
  try {
    const cwd = process.cwd();
    return existsSync(cwd) ? cwd : undefined;
  } catch {
    return undefined;
  }
}
