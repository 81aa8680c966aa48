import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { busyboxRootfs } from "./busybox-image.ts";

export interface SpecOptions {
  /** Path of the root file system, relative to the bundle. */
  readonly root?: string;
  readonly cgroupsPath?: string;
  /** False: the container shares the host's pid namespace. Default: true. */
  readonly pidNamespace?: boolean;
}

/**
 * Returns the `process` object for a command.
 * @see https://github.com/opencontainers/runtime-spec/blob/main/config.md#process
 */
export function toOciProcess(command: readonly string[]): object {
  return {
    args: command,
    cwd: "/",
    env: ["PATH=/bin"],
    user: { uid: 0, gid: 0 },
    noNewPrivileges: true,
  };
}

/** Returns a minimal OCI configuration. @see https://github.com/opencontainers/runtime-spec/blob/main/config.md */
export function toOciSpec(command: readonly string[], options: SpecOptions = {}): object {
  const { root = "rootfs", cgroupsPath, pidNamespace = true } = options;
  const namespaces = ["ipc", "uts", "mount", ...(pidNamespace ? ["pid"] : [])];
  return {
    ociVersion: "1.0.2",
    process: toOciProcess(command),
    root: { path: root },
    mounts: [
      { destination: "/proc", type: "proc", source: "proc" },
      // runc creates device nodes here. With a tmpfs, the root file system can be read-only and shared.
      { destination: "/dev", type: "tmpfs", source: "tmpfs", options: ["nosuid", "mode=755"] },
    ],
    linux: { namespaces: namespaces.map((type) => ({ type })), ...(cgroupsPath && { cgroupsPath }) },
  };
}

/** Writes a bundle: `config.json` and an empty directory for the root file system. */
export function writeBundle(dir: string, spec: object): void {
  mkdirSync(join(dir, "rootfs"), { recursive: true });
  writeFileSync(join(dir, "config.json"), JSON.stringify(spec));
}

/** Writes the busybox root file system into a directory. */
export function writeRootfs(dir: string): void {
  for (const entry of busyboxRootfs()) {
    const path = join(dir, entry.path);
    mkdirSync(dirname(path), { recursive: true });
    if (entry.type === "directory") mkdirSync(path, { recursive: true, mode: entry.mode });
    if (entry.type === "symlink") symlinkSync(entry.target, path);
    if (entry.type === "file") writeFileSync(path, entry.content, { mode: entry.mode });
  }
}
