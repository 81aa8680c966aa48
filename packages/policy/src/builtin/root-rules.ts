import type { HookEvent } from "@dunnage/core";
import * as v from "valibot";
import { cleanPath, glob } from "../cel/functions.ts";
import { containerdDirs } from "./containerd-dirs.ts";
import type { HostSources } from "./host-sources.ts";
import { part, plainPath } from "./spec.ts";

/**
 * Directories that may be, or contain, the root file systems of containers; `*` stands for any part of one path
 * component.
 */
export const rootSources = v.optional(
  v.array(v.pipe(v.string(), v.startsWith("/", "must be an absolute path"))),
  ["overlay2/*/*", "fuse-overlayfs/*/*", "btrfs/subvolumes/*", "vfs/dir/*", "rootfs/*/*"].map(
    (store) => `/var/lib/docker/${store}`,
  ),
);

type Mount = HookEvent<"preCreate">["rootfs"][number];

const flags = new Set("ro rw rbind bind noatime relatime nosuid nodev noexec suid dev exec loop".split(" "));
/** Options of overlay and of block file systems. None of them is a path. */
const data =
  /^(index=(on|off)|xino=(on|off|auto)|metacopy=(on|off)|redirect_dir=(on|off|follow|nofollow)|nfs_export=(on|off)|userxattr|volatile|uuid=(null|off|on|auto)|fsync=\w+|nouuid|norecovery|discard|subvolid=\d+|subvol=[\w./-]+|[ug]idmap=[\d:,]+|context=("[\w:.,-]*"|[\w:.-]*))$/;
const directories = /^(lowerdir|upperdir|workdir)=(.*)$/s;
const disks = new Set(["ext4", "xfs", "btrfs", "erofs"]);

/**
 * Returns what is wrong with the root of a container; undefined: nothing. The root must be the bundle's `rootfs`, or in
 * a directory of containerd's snapshotters or an allowed one. The same holds for everything that the request mounts on
 * it.
 */
export async function judgeRoot(
  { spec, rootfs, container }: Pick<HookEvent<"preCreate">, "spec" | "rootfs" | "container">,
  sources: HostSources,
  allowed: readonly string[],
): Promise<string | undefined> {
  const patterns = [`${containerdDirs(container.bundle).root}/io.containerd.snapshotter.v1.*/*/*`, ...allowed];
  const judge = new RootJudge(sources, patterns);
  const path = part(spec.root)["path"];
  if (typeof path !== "string" || path === "") return "names no root directory";
  const full = path.startsWith("/") ? path : `${container.bundle}/${path}`;
  const isOwn = plainPath(full) === cleanPath(`${container.bundle}/rootfs`);
  const reasons = [
    isOwn ? undefined : await judge.path(full, "as its root"),
    ...(await Promise.all(rootfs.map((mount) => judge.mount(mount)))),
  ];
  return reasons.find((reason) => reason !== undefined);
}

class RootJudge {
  readonly #sources: HostSources;
  readonly #patterns: readonly string[];

  constructor(sources: HostSources, patterns: readonly string[]) {
    this.#sources = sources;
    this.#patterns = patterns;
  }

  async mount({ type, source, options }: Mount): Promise<string | undefined> {
    const named: string[] = type === "overlay" ? [] : [source];
    for (const option of options) {
      const [, , value] = (type === "overlay" && directories.exec(option)) || [];
      if (value !== undefined) named.push(...value.split(":"));
      else if (!flags.has(option) && !data.test(option)) return `has a root mount with the option ${option}`;
    }
    const isBind = type === "bind" || options.includes("bind") || options.includes("rbind");
    if (isBind ? type !== "bind" : type !== "overlay" && !disks.has(type))
      return `has a root mount of the type ${type}`;
    for (const path of named) {
      const reason = await this.path(path, "in its root");
      if (reason !== undefined) return reason;
    }
    return undefined;
  }

  /**
   * Whether a path is allowed. The directory of a pattern may be a link: then the kernel has another name for what is
   * in it, so the resolved patterns are compared as well.
   */
  async #isAllowed(path: string): Promise<boolean> {
    if (this.#patterns.some((pattern) => isBelow(path, pattern))) return true;
    const led = await Promise.all(this.#patterns.map((pattern) => this.#lead(pattern)));
    return led.some((pattern) => isBelow(path, pattern));
  }

  /** Returns the pattern with the part before its first `*` replaced by the path that the kernel knows. */
  async #lead(pattern: string): Promise<string> {
    const names = pattern.split("/");
    const first = names.findIndex((name) => name.includes("*"));
    const fixed = first === -1 ? names.length : first;
    const found = await this.#sources.resolve(names.slice(0, fixed).join("/"));
    return typeof found === "string" ? pattern : [found.path, ...names.slice(fixed)].join("/");
  }

  async path(path: string, what: string): Promise<string | undefined> {
    // A device is not resolved: the device mapper's names are links to numbers that say nothing.
    const isDevice = path.startsWith("/dev/") && cleanPath(path) === path;
    const found = isDevice ? { path } : await this.#sources.resolve(path);
    if (typeof found === "string") return `mounts ${path} of the host ${what}: ${found}`;
    if (/[,\\]/.test(path)) return `mounts ${path} of the host ${what}, which mount(8) and the kernel read otherwise`;
    return (await this.#isAllowed(found.path)) ? undefined : `mounts ${found.path} of the host ${what}`;
  }
}

/** Whether a path matches the pattern or is below a match; `*` does not match a slash. */
function isBelow(path: string, pattern: string): boolean {
  const names = path.split("/");
  const patterns = pattern.split("/");
  return names.length >= patterns.length && patterns.every((name, i) => glob(names[i] ?? "", name));
}
