import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { basename, join } from "node:path";
import { isRunning } from "@dunnage/core/client";
import {
  daemonFiles,
  Paths,
  parseMountinfo,
  type Registration,
  readBuild,
  readJournal,
  readRegistration,
} from "@dunnage/core/internal";
import { readContainerdConfig } from "../../containerd/containerd-config.ts";
import { type Finding, ok, warning } from "../finding.ts";
import type { Surroundings } from "../surroundings.ts";

/**
 * Reports what crashes left behind: directories of dead daemons, tasks and mounts without a daemon, daemons without a
 * containerd.
 */
export async function checkLeftOvers(surroundings: Surroundings): Promise<Finding[]> {
  const { libDir, proc, runtimeDir } = surroundings;
  const paths = new Paths(runtimeDir);
  const directories = list(paths.daemons)
    .filter((name) => /^\d+\.\d+$/.test(name))
    .map((name) => join(paths.daemons, name));
  const [alive, dead] = [
    directories.filter((dir) => isAlive(proc, dir)),
    directories.filter((dir) => !isAlive(proc, dir)),
  ];
  const findings = [
    ...dead.map((dir) => warning(dir, "its daemon is dead", `the next daemon removes it; so does rm -r ${dir}`)),
    ...(await Promise.all(alive.map((dir) => checkDaemon(dir, readBuild(libDir))))).flat(),
    ...checkTasks(surroundings),
  ];
  return findings.length === 0 ? [ok("left-overs", `none; ${alive.length} daemon(s) run`)] : findings;
}

/** Whether a daemon is alive. @param dir its directory, named PID.STARTTIME. */
function isAlive(proc: string, dir: string): boolean {
  const [pid = 0, startTime = 0] = basename(dir).split(".").map(Number);
  return isRunning({ pid, startTime }, proc);
}

async function checkDaemon(dir: string, build: string): Promise<Finding[]> {
  const registration = [daemonFiles.open, daemonFiles.closed]
    .map((name) => readRegistration(join(dir, name)))
    .find(Boolean);
  if (registration === undefined) return [];
  return [...(await checkOrphan(registration)), ...checkBuild(registration, build)];
}

async function checkOrphan({ group, pid }: Registration): Promise<Finding[]> {
  if (group.grpcAddress === "" || (await isListening(group.grpcAddress))) return [];
  const message = `serves a containerd that is gone (${group.grpcAddress}), namespace ${group.namespace}`;
  return [
    warning(`process ${pid}`, message, `start that containerd again, which takes its containers back, or kill ${pid}`),
  ];
}

/** Whether a process accepts connections on a socket. In doubt the answer is yes, for example if we may not connect. */
async function isListening(path: string): Promise<boolean> {
  const socket = connect(path);
  try {
    await once(socket, "connect");
    return true;
  } catch (error) {
    return !["ENOENT", "ECONNREFUSED"].includes((error as NodeJS.ErrnoException).code ?? "");
  } finally {
    socket.destroy();
  }
}

function checkBuild({ group, pid }: Registration, build: string): Finding[] {
  if (build === "" || group.build === build) return [];
  const message = `is of build ${group.build}, installed is ${build}`;
  return [
    warning(
      `process ${pid}`,
      message,
      "nothing to do: it ends after the last of its containers; new ones get a new daemon",
    ),
  ];
}

function checkTasks({ containerdConfig, proc }: Surroundings): Finding[] {
  const [main] = readContainerdConfig(containerdConfig).files;
  const state = typeof main?.value["state"] === "string" ? main.value["state"] : "/run/containerd";
  const root = join(state, "io.containerd.runtime.v2.task");
  const mounts = parseMountinfo(readFileSync(join(proc, "self/mountinfo"), "utf8"));
  const bundles = list(root).flatMap((namespace) => list(join(root, namespace)).map((id) => join(root, namespace, id)));
  return bundles.flatMap((bundle) => {
    const journal = readJournal(bundle);
    if (journal === undefined || isAlive(proc, journal.daemon.directory)) return [];
    const mounted = mounts
      .filter(({ mountPoint }) => mountPoint.startsWith(`${bundle}/`))
      .map(({ mountPoint }) => mountPoint);
    const still = mounted.length === 0 ? "" : `, ${mounted.join(", ")} is still mounted`;
    const { id, namespace } = journal;
    const remedy = `restart containerd, which cleans up; or ctr -n ${namespace} task delete -f ${id}`;
    return warning(`${namespace}/${id}`, `the daemon of this task is dead${still}`, remedy);
  });
}

function list(dir: string): string[] {
  return existsSync(dir) ? readdirSync(dir).sort() : [];
}
