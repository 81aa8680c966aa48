import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { failedPrecondition } from "../../errors/errors.ts";

/**
 * Moves this process into an existing cgroup: of cgroup v2, or of every hierarchy of cgroup v1 that has it.
 * @param path below the cgroup file system's root, such as `/shims`.
 * @throws {StatusError} FailedPrecondition – the cgroup does not exist, or does not accept processes.
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

/** Returns the hierarchies. Links such as cpu → cpu,cpuacct are skipped, because they would count twice. */
function hierarchies(mount: string): string[] {
  const entries = readdirSync(mount, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(mount, entry.name));
}
