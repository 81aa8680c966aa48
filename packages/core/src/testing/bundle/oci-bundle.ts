import { copyFileSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { defaultOptions, type RuntimeOptions } from "../../runtime/options.ts";
import type { ContainerRef } from "../../runtime/runtime.ts";
import { TempDir } from "../temp-dir.ts";

let serial = 0;

/** How a test deviates from the default: a container with its own namespaces that runs `args` of busybox. */
export interface OciBundleOptions {
  readonly args?: readonly string[];
  readonly terminal?: boolean;
  readonly hostPidNamespace?: boolean;
  readonly runtime?: Partial<RuntimeOptions>;
  /** Fills the directory of the root file system. Default: `writeBusybox`. */
  readonly rootfs?: (dir: string) => void;
}

/**
 * A disposable OCI bundle: a directory with `config.json` and a root file system, a unique id, and a directory for the
 * runtime's state next to it. Disposing removes all of it.
 * @see https://github.com/opencontainers/runtime-spec/blob/main/bundle.md
 */
export class OciBundle implements Disposable {
  readonly #dir = new TempDir();
  readonly id: string;
  readonly path: string;
  readonly rootfs: string;
  readonly cgroupsPath: string;
  readonly container: ContainerRef;
  readonly #spec: object;

  constructor(options: OciBundleOptions = {}) {
    serial += 1;
    this.id = `t${process.pid}-${serial}`;
    this.path = this.#dir.join("bundle");
    this.rootfs = join(this.path, "rootfs");
    this.cgroupsPath = `/dunnage-test-${this.id}`;
    mkdirSync(this.rootfs, { recursive: true });
    (options.rootfs ?? writeBusybox)(this.rootfs);
    this.#spec = toSpec(this.cgroupsPath, options);
    this.writeSpec(this.#spec);
    const root = this.#dir.join("state");
    this.container = {
      id: this.id,
      namespace: "test",
      bundle: this.path,
      options: { ...defaultOptions, root, ...options.runtime },
    };
  }

  /** Replaces config.json; a string is written unchanged. */
  writeSpec(spec: unknown): void {
    writeFileSync(join(this.path, "config.json"), typeof spec === "string" ? spec : JSON.stringify(spec));
  }

  /** Adds OCI hooks to config.json. */
  setHooks(hooks: unknown): void {
    this.writeSpec({ ...this.#spec, hooks });
  }

  /** Path of a file next to the bundle. */
  join(...names: string[]): string {
    return this.#dir.join(...names);
  }

  /** Names of the entries in the bundle, except those that every bundle has. */
  entries(): string[] {
    return readdirSync(this.path)
      .filter((name) => !["config.json", "rootfs", "dunnage.lock"].includes(name))
      .sort();
  }

  [Symbol.dispose](): void {
    this.#dir[Symbol.dispose]();
  }
}

/**
 * Writes a root file system from the host's static busybox (Debian: busybox-static) with the programs that shell
 * scripts need.
 * @throws {Error} ENOENT – /bin/busybox does not exist.
 */
export function writeBusybox(dir: string): void {
  mkdirSync(join(dir, "bin"), { recursive: true });
  copyFileSync("/bin/busybox", join(dir, "bin/busybox"));
  const programs = ["sh", "sleep", "true", "cat", "echo", "ls", "stty", "seq", "head", "tr"];
  for (const name of programs) symlinkSync("busybox", join(dir, "bin", name));
  for (const name of ["proc", "dev", "sys", "tmp"]) mkdirSync(join(dir, name));
}

function toSpec(cgroupsPath: string, options: OciBundleOptions) {
  const namespaces = ["pid", "ipc", "uts", "mount", "network"].map((type) => ({ type }));
  return {
    ociVersion: "1.0.2",
    process: {
      terminal: options.terminal ?? false,
      user: { uid: 0, gid: 0 },
      args: options.args ?? ["sleep", "1000"],
      env: ["PATH=/bin"],
      cwd: "/",
    },
    root: { path: "rootfs" },
    mounts: [
      { destination: "/proc", type: "proc", source: "proc" },
      { destination: "/dev", type: "tmpfs", source: "tmpfs", options: ["nosuid", "mode=755"] },
      {
        destination: "/dev/pts",
        type: "devpts",
        source: "devpts",
        options: ["newinstance", "ptmxmode=0666", "mode=0620"],
      },
    ],
    linux: { cgroupsPath, namespaces: options.hostPidNamespace ? namespaces.slice(1) : namespaces },
  };
}
