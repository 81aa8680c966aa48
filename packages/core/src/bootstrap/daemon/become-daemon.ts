import { failedPrecondition } from "../../errors/errors.ts";
import type { Logger } from "../../log/logger.ts";
import type { Libc } from "../../native/libc.ts";
import { hasErrorCode } from "../../native/libc-error.ts";
import type { Group } from "../group/group.ts";
import { joinCgroup } from "./shim-cgroup.ts";

/**
 * Gives this process the attributes of a daemon: a session of its own, nothing of the starter's directory or umask (a
 * stricter one would reach `crun exec`), the parent of its containers' orphans, and the cgroup and the core scheduling
 * cookie that were asked for.
 * @throws {StatusError} FailedPrecondition – no such cgroup, or a kernel without core scheduling.
 */
export function becomeDaemon(libc: Libc, group: Group): void {
  if (group.shimCgroup !== "") joinCgroup(group.shimCgroup);
  try {
    libc.setsid();
  } catch (error) {
    if (!hasErrorCode(error, "EPERM")) throw error; // leads its process group: started by hand
  }
  if (group.schedCore) scheduleApart(libc);
  process.chdir("/");
  process.umask(0o022);
  libc.becomeSubreaper();
  process.title = `dunnage ${group.namespace}`;
}

/** Whoever asks for it keeps containers from sharing a core with strangers: better no container than one that does. */
function scheduleApart(libc: Libc): void {
  try {
    libc.createSchedulingCookie();
  } catch (error) {
    throw failedPrecondition(`enable sched core support: ${error instanceof Error ? error.message : error}`);
  }
}

/** Variables that were meant for our start, or that would change a program which inherits them. */
const startVariables = /^(DUNNAGE_|NODE_|LD_|LISTEN_)|^(NOTIFY_SOCKET|SCHED_CORE)$/;

/** Removes them from the environment of this process; what children get is a list of its own. */
export function scrubEnvironment(env: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(env)) if (startVariables.test(name)) delete env[name];
}

/**
 * From here on nothing ends the daemon but itself: an error that nobody caught is logged and the other containers live on,
 * where the end of the process would be the end of all of them.
 */
export function survive(log: Logger, end: () => void): void {
  process.on("uncaughtException", (error) => log.error("uncaught exception", { error }));
  process.on("unhandledRejection", (error) => log.error("unhandled rejection", { error }));
  process.on("SIGTERM", end).on("SIGINT", end);
  // SIGHUP: the terminal of somebody who started us by hand. SIGUSR1: by default Node opens a debugger.
  process.on("SIGHUP", () => {}).on("SIGUSR1", () => {});
}
