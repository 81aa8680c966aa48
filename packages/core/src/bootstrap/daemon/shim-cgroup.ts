import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { failedPrecondition } from "../../errors/errors.ts";

/**
 * Moves this process into an existing cgroup: of version 2, or of every hierarchy of version 1 that has it.
 * @param path below the cgroup file system's root, such as `/shims`.
 * @throws {StatusError} FailedPrecondition – there is no such cgroup, or it takes no processes.
 */
export function joinCgroup(path: string, mount = "/sys/fs/cgroup"): void {
  const roots = existsSync(join(mount, "cgroup.controllers")) ? [mount] : hierarchies(mount);
  const files = roots.map((root) => join(root, path, "cgroup.procs")).filter((file) => existsSync(file));
  if (files.length === 0) throw failedPrecondition(`shim cgroup ${path}: not found`);
  for (const file of files) {
    try {
      writeFileSync(file, String(process.pid));
    } catch (error) {
      throw failedPrecondition(`shim cgroup ${path}: ${error instanceof Error ? error.message : error}`);
    }
  }
}

/** Links such as cpu → cpu,cpuacct would count twice. */
function hierarchies(mount: string): string[] {
  const entries = readdirSync(mount, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(mount, entry.name));
}
