import { failedPrecondition } from "../../errors/errors.ts";
import type { Logger } from "../../log/logger.ts";
import type { Libc } from "../../native/libc.ts";
import { hasErrorCode } from "../../native/libc-error.ts";
import type { Group } from "../group/group.ts";
import { joinCgroup } from "./shim-cgroup.ts";

/**
 * Gives this process the attributes of a daemon: a session of its own; the root directory and a fixed umask instead of
 * the inherited ones (a stricter umask would reach `crun exec`); the role of a subreaper, which makes it the parent of
 * its containers' orphans; the requested cgroup and core scheduling cookie.
 * @throws {StatusError} FailedPrecondition – the cgroup does not exist, or the kernel has no core scheduling.
 */
export function becomeDaemon(libc: Libc, group: Group): void {
  if (group.shimCgroup !== "") joinCgroup(group.shimCgroup);
  try {
    libc.setsid();
  } catch (error) {
    if (!hasErrorCode(error, "EPERM")) throw error; // already leads its process group: started by hand
  }
  if (group.schedCore) scheduleApart(libc);
  process.chdir("/");
  process.umask(0o022);
  libc.becomeSubreaper();
  process.title = `dunnage ${group.namespace}`;
}

/**
 * A client that requests this does not want its containers to share a core with strangers. A failed start is better
 * than a container that does.
 */
function scheduleApart(libc: Libc): void {
  try {
    libc.createSchedulingCookie();
  } catch (error) {
    throw failedPrecondition(`enable sched core support: ${error instanceof Error ? error.message : error}`);
  }
}

/** Variables that are only for our start, or that would change the behaviour of a program that inherits them. */
const startVariables = /^(DUNNAGE_|NODE_|LD_|LISTEN_)|^(NOTIFY_SOCKET|SCHED_CORE)$/;

/** Removes these variables from the environment of this process. Children get a separate list. */
export function scrubEnvironment(env: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(env)) if (startVariables.test(name)) delete env[name];
}

/**
 * Keeps the daemon alive: from here on, nothing ends it but itself. An uncaught error is logged, and the other
 * containers continue. If the process exited, all of them would end. SIGTERM and SIGINT call `end`.
 */
export function survive(log: Logger, end: () => void): void {
  process.on("uncaughtException", (error) => log.error("uncaught exception", { error }));
  process.on("unhandledRejection", (error) => log.error("unhandled rejection", { error }));
  process.on("SIGTERM", end).on("SIGINT", end);
  // SIGHUP: the terminal of a user who started us by hand. SIGUSR1: by default Node opens a debugger.
  process.on("SIGHUP", () => {}).on("SIGUSR1", () => {});
}
