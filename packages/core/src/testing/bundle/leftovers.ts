import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { parseMountinfo } from "../../native/mountinfo.ts";
import type { OciBundle } from "./oci-bundle.ts";

/**
 * Returns what is left of a container on this machine, one line each: cgroups of any hierarchy, runtime state, mounts,
 * processes.
 */
export function leftovers(bundle: OciBundle): string[] {
  const mounts = parseMountinfo(readFileSync("/proc/self/mountinfo", "utf8"));
  const hierarchies = mounts.filter((mount) => mount.type.startsWith("cgroup")).map((mount) => mount.mountPoint);
  return [
    ...hierarchies
      .map((dir) => join(dir, bundle.cgroupsPath))
      .filter(isPresent)
      .map((dir) => `cgroup ${dir}`),
    ...entries(join(bundle.container.options.root, bundle.container.namespace)).map((name) => `state ${name}`),
    ...mounts
      .filter((mount) => mount.mountPoint.startsWith(`${bundle.join()}/`))
      .map((mount) => `mount ${mount.mountPoint}`),
    ...processes(bundle),
  ];
}

/**
 * Processes whose command line names the bundle, that have a file in it or next to it open, or that are in its cgroup.
 */
function processes(bundle: OciBundle): string[] {
  return entries("/proc")
    .filter((pid) => /^\d+$/.test(pid) && Number(pid) !== process.pid)
    .filter(
      (pid) =>
        text(`/proc/${pid}/cmdline`).includes(bundle.path) ||
        hasFile(pid, `${bundle.join()}/`) ||
        inCgroup(pid, bundle),
    )
    .map((pid) => `process ${pid} ${text(`/proc/${pid}/cmdline`).replaceAll("\0", " ")}`);
}

const inCgroup = (pid: string, bundle: OciBundle): boolean =>
  text(`/proc/${pid}/cgroup`).includes(`${bundle.cgroupsPath}\n`) && !text(`/proc/${pid}/stat`).includes(") Z ");

function hasFile(pid: string, path: string): boolean {
  return entries(`/proc/${pid}/fd`).some((fd) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${fd}`).startsWith(path);
    } catch {
      return false;
    }
  });
}

function isPresent(path: string): boolean {
  return entries(path).length > 0;
}

function entries(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function text(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
