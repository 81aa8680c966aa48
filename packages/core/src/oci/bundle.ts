import { readFileSync } from "node:fs";
import { join } from "node:path";
import { invalidArgument } from "../errors/errors.ts";

/** The parts of an OCI runtime configuration that a shim looks at. @see https://github.com/opencontainers/runtime-spec/blob/main/config.md */
export interface OciSpec {
  readonly process?: OciProcess;
  readonly root?: { readonly path: string; readonly readonly?: boolean };
  readonly mounts?: readonly OciMount[];
  readonly annotations?: Readonly<Record<string, string>>;
  readonly linux?: OciLinux;
}

export interface OciProcess {
  readonly terminal?: boolean;
  readonly args?: readonly string[];
  readonly selinuxLabel?: string;
}

export interface OciMount {
  readonly destination: string;
  readonly type?: string;
  readonly source?: string;
  readonly options?: readonly string[];
}

export interface OciLinux {
  readonly cgroupsPath?: string;
  readonly namespaces?: readonly OciNamespace[];
}

export interface OciNamespace {
  readonly type: string;
  /** Path of an existing namespace to join; absent or empty: a new one. */
  readonly path?: string;
}

/** Reads `config.json` of a bundle. @throws {StatusError} InvalidArgument – missing, unreadable or no JSON object; names the path. */
export function readSpec(bundle: string): OciSpec {
  const path = join(bundle, "config.json");
  let spec: unknown;
  try {
    spec = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw invalidArgument(`read OCI configuration ${path}: ${(error as Error).message}`);
  }
  if (typeof spec !== "object" || spec === null || Array.isArray(spec)) {
    throw invalidArgument(`OCI configuration ${path}: no JSON object`);
  }
  return spec;
}

/**
 * Whether the container's init is pid 1 of a pid namespace of its own, so that the kernel ends all its processes with it.
 * @see https://github.com/containerd/containerd/blob/main/cmd/containerd-shim-runc-v2/runc/util.go ShouldKillAllOnExit
 */
export function hasPrivatePidNamespace(spec: OciSpec): boolean {
  const namespaces = spec.linux?.namespaces;
  if (!Array.isArray(namespaces)) return false;
  return namespaces.some((namespace: OciNamespace) => namespace?.type === "pid" && !namespace.path);
}
