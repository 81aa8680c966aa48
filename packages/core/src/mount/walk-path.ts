import { isUtf8 } from "node:buffer";
import { lstatSync, readlinkSync } from "node:fs";
import { failedPrecondition } from "../errors/errors.ts";
import type { MountTable } from "../native/mount-table.ts";
import type { MountinfoEntry } from "../native/mountinfo.ts";

/** Where a path of the host leads. */
export interface HostPath {
  /** Absolute, without symbolic links, `.` and `..`. */
  readonly path: string;
  /** `major:minor` of the file system that it lies on. */
  readonly device: string;
  /** The path inside that file system. Together with `device` it is the same for every name of the file. */
  readonly inner: string;
  /** Whether its file system answers without waiting for a server or a program. */
  readonly isLocal: boolean;
}

/**
 * A question to a file system that may not answer: the targets of `paths`. The target is empty if a path is not a link.
 */
export interface LinkQuestion {
  readonly paths: readonly string[];
  readonly device: string;
}

/** The kernel's own limit. @see path_resolution(7) */
const maxLinks = 40;

/** A directory: its name in its parent, and the mount that is visible there. */
interface Place {
  readonly name: string;
  readonly mount: MountinfoEntry;
}

/**
 * Walks an absolute path as the kernel does: component by component, with `..` relative to where a link has led. A
 * mount point is not touched, since it cannot be a link. Paths on a local file system are looked up here. For others,
 * the walk yields a question and is sent the targets. Components that do not exist are kept as they are.
 * @throws {StatusError} FailedPrecondition – the target of the path cannot be determined.
 */
export function* walkPath(path: string, table: MountTable): Generator<LinkQuestion, HostPath, readonly string[]> {
  const top = requireText(path, table);
  const pending = path.split("/");
  let places: Place[] = [];
  let links = 0;
  while (pending.length > 0) {
    const parent = places.at(-1)?.mount ?? top;
    const names = pending.splice(0, nextNames({ places, parent, pending }, table));
    const [name = ""] = names;
    if (name === "..") places.pop();
    if (name === "" || name === "." || name === "..") continue;
    const here = joinPlaces(places, names.slice(0, 1));
    const mount = table.at(parent, here);
    if (mount !== parent) {
      places.push({ name, mount });
      continue;
    }
    const targets = table.isLocal(parent)
      ? [readLink(here, parent)]
      : yield { paths: names.map((_, i) => joinPlaces(places, names.slice(0, i + 1))), device: parent.device };
    const at = targets.findIndex((target) => target !== "");
    const passed = at < 0 ? names : names.slice(0, at);
    places.push(...passed.map((each) => ({ name: each, mount: parent })));
    if (at < 0) continue;
    const target = targets[at] ?? "";
    links += 1;
    if (links > maxLinks) throw failedPrecondition(`${path}: too many levels of symbolic links`);
    pending.unshift(...target.split("/"), ...names.slice(at + 1));
    if (target.startsWith("/")) places = [];
  }
  return toHostPath(places, top, table);
}

interface Walk {
  readonly places: readonly Place[];
  /** The mount of the last place. */
  readonly parent: MountinfoEntry;
  readonly pending: readonly string[];
}

/**
 * Returns how many components can be looked up at once: on a file system that may not answer, all up to the next mount
 * point or `..`.
 */
function nextNames({ places, parent, pending }: Walk, table: MountTable): number {
  if (table.isLocal(parent)) return 1;
  const isPlain = (name: string, i: number): boolean =>
    name !== "" &&
    name !== "." &&
    name !== ".." &&
    table.at(parent, joinPlaces(places, pending.slice(0, i + 1))) === parent;
  const end = pending.findIndex((name, i) => !isPlain(name, i));
  return Math.max(1, end < 0 ? pending.length : end);
}

function requireText(path: string, { top }: MountTable): MountinfoEntry {
  const isText = path.startsWith("/") && path.isWellFormed() && !path.includes("\0");
  if (!isText) throw failedPrecondition(`${JSON.stringify(path)} is no absolute path`);
  if (top === undefined) throw failedPrecondition(`${path}: the root directory is no mount point`);
  return top;
}

const joinPlaces = (places: readonly Place[], names: readonly string[]): string =>
  `/${[...places.map(({ name }) => name), ...names].join("/")}`;

function toHostPath(places: readonly Place[], top: MountinfoEntry, table: MountTable): HostPath {
  const mount = places.at(-1)?.mount ?? top;
  const path = joinPlaces(places, []);
  const below = mount.mountPoint === "/" ? path.slice(1) : path.slice(mount.mountPoint.length + 1);
  const inner = below === "" ? mount.root : `${mount.root === "/" ? "" : mount.root}/${below}`;
  return { path, device: mount.device, inner, isLocal: table.isLocal(mount) };
}

/** Returns the target of a link, empty if the path is not a link or does not exist. */
function readLink(path: string, { type }: MountinfoEntry): string {
  let target: Buffer;
  try {
    // Most paths are not links, and an error costs more than lstat(2).
    if (!lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) return "";
    target = readlinkSync(path, "buffer");
  } catch (error) {
    throw failedPrecondition(`${path}: ${(error as NodeJS.ErrnoException).code ?? ""}`);
  }
  // The links of a process lead elsewhere than their text says, and /proc/self differs for each reader.
  if (type === "proc") throw failedPrecondition(`${path}: a link of /proc`);
  return toText(target, path);
}

/** Returns the target as text. Refuses one that is not UTF-8: it would become the name of another file. */
export function toText(target: Buffer, path: string): string {
  if (!isUtf8(target)) throw failedPrecondition(`${path}: a link whose target is no UTF-8`);
  return target.toString();
}
