import { normalize } from "node:path";

/**
 * Whether `linux.cgroupsPath`, for the cgroupfs driver, names the cgroup of a process or one above it, such as the
 * root. That matters because the runtime kills, freezes or limits everything in a container's cgroup. `text` is the
 * process's `/proc/PID/cgroup`. If the path is empty, the runtime chooses a separate cgroup for the container. Pure.
 * @see https://github.com/opencontainers/runtime-spec/blob/main/config-linux.md#cgroups-path
 */
export function isOwnOrAbove(cgroupsPath: string, text: string): boolean {
  if (cgroupsPath === "") return false;
  const path = normalize(`/${cgroupsPath}`).replace(/\/$/, "");
  // A relative path is below the runtime's own cgroup, which is the shim's.
  if (!cgroupsPath.startsWith("/")) return path === "";
  return ownPaths(text).some((own) => own === path || own.startsWith(`${path}/`));
}

/** `hierarchy:controllers:path` per line. */
function ownPaths(text: string): string[] {
  const lines = text.split("\n").filter(Boolean);
  return lines.map((line) => line.split(":").slice(2).join(":"));
}
