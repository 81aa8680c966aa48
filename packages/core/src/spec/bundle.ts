import { linkSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { invalidArgument } from "../errors/errors.ts";
import { formatExactJson, parseExactJson } from "./exact-json.ts";
import { parseJsonObject, requireFewEntries } from "./json-object.ts";
import { readRegularFile } from "./read-regular-file.ts";
import { normalisePart } from "./spec-shape.ts";
import { isTable } from "./table.ts";
import { writePrivateFile } from "./write-file.ts";

/**
 * The parts of an OCI runtime configuration that a shim or a small runtime reads.
 * @see https://github.com/opencontainers/runtime-spec/blob/main/config.md
 */
export interface OciSpec {
  readonly process?: OciProcess;
  readonly root?: { readonly path: string; readonly readonly?: boolean };
  readonly hostname?: string;
  readonly mounts?: readonly OciMount[];
  readonly annotations?: Readonly<Record<string, string>>;
  readonly linux?: OciLinux;
  readonly hooks?: { readonly poststop?: readonly OciHook[] };
}

export interface OciHook {
  /** In seconds; absent: no limit. */
  readonly timeout?: number;
}

export interface OciProcess {
  readonly terminal?: boolean;
  /** In characters. */
  readonly consoleSize?: { readonly height: number; readonly width: number };
  readonly args?: readonly string[];
  /** `NAME=value` */
  readonly env?: readonly string[];
  readonly cwd?: string;
  readonly user?: { readonly uid?: number; readonly gid?: number; readonly additionalGids?: readonly number[] };
  readonly capabilities?: { readonly bounding?: readonly string[] };
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
  /** Of a new user namespace. */
  readonly uidMappings?: readonly OciIdMapping[];
  readonly gidMappings?: readonly OciIdMapping[];
}

export interface OciIdMapping {
  readonly containerID: number;
  readonly hostID: number;
  readonly size: number;
}

export interface OciNamespace {
  readonly type: string;
  /** Path of an existing namespace to join; absent or empty: a new one. */
  readonly path?: string;
}

/**
 * Reads `config.json` of a bundle. A field that `OciSpec` names has the type given there, or is null; the runtime
 * judges the rest.
 * @throws {StatusError} InvalidArgument – missing, unreadable, not a regular file, not a JSON object or wrong types;
 *   the message names the path.
 */
export function readSpec(bundle: string): OciSpec {
  const { path, text } = readText(bundle);
  return toSpec(text, path, JSON.parse);
}

/**
 * As `readSpec`, for a configuration that is judged and written back: integers that a double cannot hold become bigint,
 * and null fields are absent.
 * @throws {StatusError} InvalidArgument – also for what runtimes would read differently, and for more than 20,000 keys.
 */
export function readExactSpec(bundle: string): OciSpec {
  const { path, text } = readText(bundle);
  requireFewEntries(text, `OCI configuration ${path}`);
  const spec = toSpec(text, path, parseExactJson);
  requireOneReading(spec, "spec", `OCI configuration ${path}`);
  return spec;
}

/** Writes `config.json` atomically; the client's own stays next to it as `config.orig.json`. */
export function writeSpec(bundle: string, spec: object): void {
  const path = join(bundle, "config.json");
  const temporary = `${path}.tmp`;
  writePrivateFile(temporary, formatExactJson(spec), "OCI configuration");
  rmSync(join(bundle, "config.orig.json"), { force: true });
  linkSync(path, join(bundle, "config.orig.json"));
  renameSync(temporary, path);
}

/**
 * Accepts only what every runtime reads alike: values of the specification's types, no NUL, no duplicates of what may
 * occur once, no key that differs from one of the specification's only in case. Fields that are null are deleted.
 * @throws {StatusError} InvalidArgument – anything else; the message names its path.
 */
export function requireOneReading(value: unknown, part: "spec" | "process" | "resources", what: string): void {
  const problem = normalisePart(value, part);
  if (problem !== undefined) throw invalidArgument(`${what}: ${problem.path} ${problem.reason}`);
}

function readText(bundle: string): { path: string; text: string } {
  const path = join(bundle, "config.json");
  try {
    return { path, text: readRegularFile(path) };
  } catch (error) {
    throw invalidArgument(`read OCI configuration ${path}: ${(error as Error).message}`);
  }
}

function toSpec(text: string, path: string, parse: (text: string) => unknown): OciSpec {
  const spec: OciSpec = parseJsonObject(text, `OCI configuration ${path}`, parse);
  const wrong = findWrongType(spec);
  if (wrong !== undefined) throw invalidArgument(`OCI configuration ${path}: ${wrong}`);
  return spec;
}

/** The first of the parts above that has another type; null counts as absent. */
function findWrongType({ process, annotations, linux }: OciSpec): string | undefined {
  if (!isTable(process ?? {})) return "process is no object";
  if (!isTable(annotations ?? {})) return "annotations is no object";
  if (!isTable(linux ?? {})) return "linux is no object";
  if (typeof (linux?.cgroupsPath ?? "") !== "string") return "linux.cgroupsPath is no string";
  const lists = { namespaces: linux?.namespaces, uidMappings: linux?.uidMappings, gidMappings: linux?.gidMappings };
  const wrong = Object.entries(lists).find(([, list]) => !isListOfObjects(list ?? []));
  return wrong && `linux.${wrong[0]} is no array of objects`;
}

function isListOfObjects(value: unknown): boolean {
  return Array.isArray(value) && value.every(isTable);
}

/**
 * Whether the container's init is pid 1 of its own pid namespace, so that the kernel ends all its processes with it.
 * @see https://github.com/containerd/containerd/blob/main/cmd/containerd-shim-runc-v2/runc/util.go ShouldKillAllOnExit
 */
export function hasPrivatePidNamespace(spec: OciSpec): boolean {
  return spec.linux?.namespaces?.some(({ type, path }) => type === "pid" && !path) ?? false;
}

/**
 * Total time that the `poststop` hooks may take, in milliseconds; Infinity if one of them has no limit, 0 if there is
 * none.
 */
export function poststopLimitMs({ hooks }: OciSpec): number {
  const poststop = hooks?.poststop;
  if (!Array.isArray(poststop)) return 0;
  return poststop.reduce((sum, hook) => sum + (hook?.timeout > 0 ? hook.timeout * 1000 : Number.POSITIVE_INFINITY), 0);
}

/** Returns the host's id for a user or group id of the container; 0 without a mapping for it. */
export function toHostId(mappings: readonly OciIdMapping[] | null | undefined, id: number): number {
  const mapping = mappings?.find(({ containerID, size }) => containerID <= id && id < containerID + size);
  return mapping === undefined ? 0 : mapping.hostID + id - mapping.containerID;
}
