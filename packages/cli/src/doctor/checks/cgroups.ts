import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parseMountinfo } from "@dunnage/core/internal";
import { type Finding, failure, ok, warning } from "../finding.ts";
import type { Surroundings } from "../surroundings.ts";

/** Controllers without which limits and statistics are missing. */
const needed = ["cpu", "memory", "pids"];

/** Checks the version of the cgroups, and the controllers that runtimes need. */
export function checkCgroups({ proc, cgroup }: Surroundings): Finding[] {
  const mounts = parseMountinfo(readFileSync(join(proc, "self/mountinfo"), "utf8"));
  const first = mounts.filter(({ type }) => type === "cgroup" || type === "cgroup2");
  const unified = first.find(({ type }) => type === "cgroup2")?.mountPoint;
  const controllers = first
    .filter(({ type }) => type === "cgroup")
    .flatMap(({ mountPoint }) => basename(mountPoint).split(","));
  if (first.length === 0) {
    return [failure("cgroups", "no control groups are mounted", "mount -t cgroup2 cgroup2 /sys/fs/cgroup")];
  }
  if (unified === cgroup) {
    const listed = readControllers(cgroup);
    return [ok("cgroups", `version 2 with ${listed.join(", ")}`), ...missing(listed)];
  }
  const kind = unified === undefined ? "version 1" : "hybrid (version 1, and version 2 next to it)";
  const left = unified === undefined ? [] : readControllers(join(cgroup, basename(unified)));
  return [
    ok("cgroups", `${kind} with ${controllers.join(", ")}`),
    ...missing([...controllers, ...left]),
    ...hybrid(cgroup, left),
  ];
}

function missing(controllers: readonly string[]): Finding[] {
  const boot = (name: string): string =>
    name === "memory" ? "boot with cgroup_enable=memory" : "boot without cgroup_disable, or use a kernel that has it";
  return needed
    .filter((name) => !controllers.includes(name))
    .map((name) => warning(name, "no such controller: its limits and statistics are missing", boot(name)));
}

/** Warns about crun on a hybrid host: it supports one only if version 2 has no controller of its own. */
function hybrid(cgroup: string, left: readonly string[]): Finding[] {
  if (left.length === 0) return [];
  const mount = (name: string): string =>
    `mkdir -p ${cgroup}/${name} && mount -t cgroup -o ${name} cgroup ${cgroup}/${name}`;
  const message = `hybrid, and version 2 has ${left.join(", ")}: crun does not run here; other runtimes do`;
  return [warning("crun", message, left.map(mount).join(" && "))];
}

function readControllers(dir: string): string[] {
  const path = join(dir, "cgroup.controllers");
  return existsSync(path) ? readFileSync(path, "utf8").split(/\s+/).filter(Boolean) : [];
}
