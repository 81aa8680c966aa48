import { readFileSync, realpathSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { invalidArgument, notFound, type OciSpec, permissionDenied } from "@dunnage/core";

/** The user's bundle. It is never written to. */
export interface Bundle {
  /** Absolute, with symbolic links resolved. */
  readonly path: string;
  readonly spec: OciSpec;
}

/**
 * Reads a bundle: a directory with `config.json`.
 * @throws {StatusError} NotFound – no such path; PermissionDenied – the path is not accessible; InvalidArgument – it is
 * no bundle; the message says why.
 * @see https://github.com/opencontainers/runtime-spec/blob/main/bundle.md
 */
export function readBundle(path: string): Bundle {
  const absolute = findDirectory(path);
  const spec = readSpec(path);
  if (!Array.isArray(spec.process?.args) || spec.process.args.length === 0) {
    throw invalidArgument(`bundle ${path}: config.json has no process.args`);
  }
  checkRoot(path, absolute, spec);
  return { path: absolute, spec };
}

function findDirectory(path: string): string {
  try {
    if (!statSync(path).isDirectory()) throw invalidArgument(`bundle ${path}: not a directory`);
    return realpathSync(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") throw notFound(`bundle ${path}: no such directory`);
    throw code === "EACCES" ? permissionDenied(`bundle ${path}: ${message}`) : error;
  }
}

function readConfig(path: string): string {
  try {
    return readFileSync(join(path, "config.json"), "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw invalidArgument(`${path} is no OCI bundle: ${code === "ENOENT" ? "it has no config.json" : message}`);
  }
}

/**
 * Reads the configuration of a bundle.
 * @throws {StatusError} InvalidArgument – there is no `config.json`, or it is no JSON object.
 */
export function readSpec(path: string): OciSpec {
  const text = readConfig(path);
  let spec: unknown;
  try {
    spec = JSON.parse(text);
  } catch (error) {
    throw invalidArgument(`bundle ${path}: config.json is no JSON: ${(error as Error).message}`);
  }
  if (typeof spec === "object" && spec !== null && !Array.isArray(spec)) return spec;
  throw invalidArgument(`bundle ${path}: config.json is no JSON object`);
}

function checkRoot(path: string, absolute: string, { root }: OciSpec): void {
  if (typeof root?.path !== "string") return; // left to the runtime: not every kind of runtime needs a root
  const rootfs = resolve(absolute, root.path);
  if (statSync(rootfs, { throwIfNoEntry: false })?.isDirectory()) return;
  throw invalidArgument(`bundle ${path}: its root file system ${rootfs} is no directory`);
}

/**
 * Returns the configuration for use in a directory other than the bundle: relative paths become absolute. A container
 * that names no cgroup gets `cgroup`. Otherwise the runtime's choice would depend on the process that started the
 * daemon.
 * @see https://github.com/opencontainers/runtime-spec/blob/main/config.md#mounts
 */
export function relocateSpec({ path, spec }: Bundle, options: { terminal: boolean; cgroup: string }): OciSpec {
  const { root, mounts, linux } = spec;
  return {
    ...spec,
    process: { ...spec.process, terminal: options.terminal },
    ...(root && { root: { ...root, path: resolve(path, root.path) } }),
    ...(mounts && { mounts: mounts.map((mount) => relocateMount(mount, path)) }),
    linux: { ...linux, cgroupsPath: linux?.cgroupsPath || options.cgroup },
  };
}

type OciMount = NonNullable<OciSpec["mounts"]>[number];

/** Makes the source of a bind mount absolute. Only that of a bind mount is a path. */
function relocateMount(mount: OciMount, bundle: string): OciMount {
  const options = mount.options ?? [];
  const isBind = mount.type === "bind" || options.includes("bind") || options.includes("rbind");
  return isBind && mount.source ? { ...mount, source: resolve(bundle, mount.source) } : mount;
}
