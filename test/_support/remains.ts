import { existsSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { runCommand } from "./command.ts";
import { findCgroups, isAlive, type ProcessStatus, readMounts } from "./proc.ts";
import { until } from "./until.ts";

/** A directory and a namespace, which identify everything that belongs to one containerd. */
export interface Place {
  readonly dir: string;
  readonly namespace: string;
}

/**
 * Removes what is left of a containerd: `processes`, mounts, cgroups, the OCI runtime's state and the directory.
 * @throws {Error} names what should not have existed any more; it is removed all the same.
 */
export async function removeRemains(place: Place, processes: readonly ProcessStatus[]): Promise<void> {
  const steps = [
    () => endProcesses(processes),
    () => unmountAll(place.dir),
    () => removeCgroups(place.namespace),
    () => removeRuntimeState(place.namespace),
  ];
  const remains: string[] = [];
  for (const step of steps) {
    try {
      remains.push(...(await step()));
    } catch (error) {
      remains.push(String(error)); // continue with the other steps
    }
  }
  rmSync(place.dir, { recursive: true, force: true });
  if (remains.length > 0) throw new Error(`left behind:\n${remains.join("\n")}`);
}

async function endProcesses(processes: readonly ProcessStatus[]): Promise<string[]> {
  for (const { pid } of processes) {
    try {
      if (isAlive(pid)) process.kill(pid, "SIGKILL");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error; // it has just exited
    }
  }
  await until(() => processes.every(({ pid }) => !isAlive(pid)), "killed processes end");
  return processes.map(({ pid, argv }) => `process ${pid} ${argv.join(" ")}`);
}

async function unmountAll(dir: string): Promise<string[]> {
  const mounts = readMounts(dir);
  for (const path of mounts.toReversed()) await runCommand("umount", ["-l", path]);
  return mounts.map((path) => `mount ${path}`);
}

// runc never removes the parent directory, which here is the namespace's. Only its content counts.
async function removeCgroups(namespace: string): Promise<string[]> {
  const containers: string[] = [];
  for (const parent of findCgroups(namespace)) {
    const names = readdirSync(parent, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    containers.push(...names.map((entry) => `cgroup ${join(parent, entry.name)}`));
    for (const { name } of names) await until(() => removeDir(join(parent, name)), "a cgroup can go");
    await until(() => removeDir(parent), "a cgroup can go");
  }
  return containers;
}

function removeDir(path: string): boolean {
  try {
    rmdirSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") return false;
  }
  return true;
}

function removeRuntimeState(namespace: string): string[] {
  return ["runc", "crun", "runsc"].flatMap((runtime) => {
    const root = join("/run/containerd", runtime, namespace);
    const names = existsSync(root) ? readdirSync(root) : [];
    rmSync(root, { recursive: true, force: true });
    return names.map((name) => `${runtime} state of ${name}`);
  });
}
