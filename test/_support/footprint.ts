import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Containerd } from "./containerd.ts";
import { findCgroups, readDescendants, readFds, readMounts } from "./proc.ts";

/** The system resources that a daemon holds. Two footprints are equal if nothing was leaked in between. */
export interface Footprint {
  /** Targets of its descriptors. */
  readonly fds: readonly string[];
  readonly mounts: readonly string[];
  /** Files of all bundles and of the daemon itself. */
  readonly files: readonly string[];
  readonly processes: readonly string[];
  readonly cgroups: readonly string[];
}

/** Takes the footprint of a shim daemon that serves `containerd`. */
export function footprint(containerd: Containerd, daemonPid: number): Footprint {
  const { dir, namespace } = containerd;
  return {
    fds: [...readFds(daemonPid).values()].sort(),
    mounts: readMounts(`${dir}/`),
    files: [join(dir, "bundles"), join(dir, "shim"), join("/run/containerd/runc", namespace)].flatMap(namesBelow),
    processes: readDescendants(daemonPid).map(({ pid, argv }) => `${pid} ${argv.join(" ")}`),
    cgroups: findCgroups(namespace).flatMap(namesBelow),
  };
}

function namesBelow(dir: string): string[] {
  return readdirSync(dir, { recursive: true, encoding: "utf8" })
    .map((name) => join(dir, name))
    .sort();
}
