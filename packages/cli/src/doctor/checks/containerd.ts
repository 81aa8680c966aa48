import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { readProcess } from "@dunnage/core/client";
import { readContainerdConfig } from "../../containerd/containerd-config.ts";
import {
  type ContainerdProcess,
  findExecutable,
  findProcess,
  readVersion,
} from "../../containerd/containerd-program.ts";
import { type Finding, failure, ok, warning } from "../finding.ts";
import type { Surroundings } from "../surroundings.ts";

const restart = "restart containerd, e.g. systemctl restart containerd; containers run on meanwhile";

/** Checks containerd's executable, and whether the running containerd is this one with this configuration. */
export async function checkContainerd(surroundings: Surroundings): Promise<Finding[]> {
  const { containerdConfig, proc, searchPath } = surroundings;
  const running = findProcess(containerdConfig, proc);
  const file = findExecutable("containerd", searchPath) ?? running?.path;
  if (file === undefined) {
    return [
      warning("containerd", "not on this host", "install it (dunnage run does without), or put it on the search path"),
    ];
  }
  const { version, major = 0 } = await readVersion(file);
  const minor = Number(/^\d+\.(\d+)/.exec(version)?.[1] ?? 0);
  const isOld = major < 1 || (major === 1 && minor < 6);
  const program = isOld
    ? failure("containerd", `${version} in ${file}`, "use containerd 1.6 or newer")
    : ok("containerd", `${version} in ${file}`);
  return [program, ...checkProcess(surroundings, running)];
}

function checkProcess({ containerdConfig, proc }: Surroundings, running: ContainerdProcess | undefined): Finding[] {
  if (running === undefined) {
    return [warning("containerd", `none runs with ${containerdConfig}`, "start it, e.g. systemctl start containerd")];
  }
  const findings = [ok("containerd", `runs as process ${running.pid}`)];
  if (running.path.endsWith(" (deleted)")) {
    findings.push(warning("containerd", "was replaced while it runs, e.g. by an upgrade", restart));
  }
  const startedAt = startTime(proc, running.pid);
  const { files } = readContainerdConfig(containerdConfig);
  const newer = files.filter(({ path }) => statSync(path).mtimeMs > startedAt).map(({ path }) => path);
  if (newer.length > 0) findings.push(warning("containerd", `runs since before ${newer.join(", ")} changed`, restart));
  return findings;
}

/** Returns when a process was started, in ms since the epoch. @see proc_pid_stat(5), proc_stat(5) */
function startTime(proc: string, pid: number): number {
  const ticks = readProcess(pid, proc)?.startTime ?? 0;
  const [, bootSeconds = 0] = /^btime (\d+)$/m.exec(readFileSync(join(proc, "stat"), "utf8")) ?? [];
  // Ticks are in USER_HZ, which is 100 on every Linux platform that Node runs on.
  return (Number(bootSeconds) + ticks / 100) * 1000;
}
