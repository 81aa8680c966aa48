import { readFileSync } from "node:fs";
import { type MountinfoEntry, parseMountinfo } from "./mountinfo.ts";

/**
 * File systems whose answers come from this kernel and its own disks. All others may wait for a server or for a
 * program: NFS, FUSE, 9p, autofs. Overlay is not listed, because it may have layers on those.
 */
const localTypes = new Set(
  `bpf btrfs cgroup cgroup2 configfs debugfs devpts devtmpfs efivarfs erofs ext2 ext3 ext4 f2fs hugetlbfs iso9660 mqueue nsfs
  proc pstore ramfs rootfs securityfs squashfs sysfs tmpfs tracefs xfs zfs`.split(/\s+/),
);

/** The mounts that this process sees. Queries touch no file system. */
export class MountTable {
  /** In the order of mountinfo: the first mount of a file system comes first. */
  readonly entries: readonly MountinfoEntry[];
  /** The mount of `/`; undefined if the root directory is not a mount point. */
  readonly top: MountinfoEntry | undefined;
  readonly #children = new Map<string, MountinfoEntry>();

  /** Reads `/proc/self/mountinfo`, which does not wait for any of the file systems. */
  static read(): MountTable {
    return new MountTable(parseMountinfo(readFileSync("/proc/self/mountinfo", "utf8")));
  }

  constructor(entries: readonly MountinfoEntry[]) {
    this.entries = entries;
    for (const entry of entries) {
      if (entry.parentId !== entry.mountId) this.#children.set(keyOf(entry.parentId, entry.mountPoint), entry);
    }
    const roots = entries.filter(({ mountPoint }) => mountPoint === "/");
    const ids = new Set(roots.map(({ mountId }) => mountId));
    const bottom = roots.find(({ mountId, parentId }) => parentId === mountId || !ids.has(parentId));
    this.top = bottom && this.at(bottom, "/");
  }

  /**
   * Returns the mount that is visible at `path`, a path without links that lies on `mount`: the uppermost of those
   * mounted there, or `mount` itself.
   */
  at(mount: MountinfoEntry, path: string): MountinfoEntry {
    for (let found = mount; ; ) {
      const above = this.#children.get(keyOf(found.mountId, path));
      if (above === undefined) return found;
      found = above;
    }
  }

  /**
   * Returns the mount on which an absolute path without links lies. A mount that another one covers is not visible.
   * Undefined if `top` is.
   */
  mountOf(path: string): MountinfoEntry | undefined {
    let mount = this.top;
    for (let end = 0; mount !== undefined && end >= 0; ) {
      end = path.indexOf("/", end + 1);
      mount = this.at(mount, end < 0 ? path : path.slice(0, end));
    }
    return mount;
  }

  /** Returns the device, `major:minor`, on which an absolute path without links lies; "unknown" if `top` is undefined. */
  deviceOf(path: string): string {
    return this.mountOf(path)?.device ?? "unknown";
  }

  /** Returns the type of the file system on a device, such as "ext4" or "fuse.sshfs"; undefined: no such device. */
  typeOf(device: string): string | undefined {
    return this.entries.find((entry) => entry.device === device)?.type;
  }

  /**
   * Whether a lookup on this mount is answered without waiting for a server or a program. The root mount counts as
   * local: this program itself lies on it.
   */
  isLocal(mount: MountinfoEntry): boolean {
    return mount === this.top || localTypes.has(mount.type);
  }
}

const keyOf = (parentId: number, mountPoint: string): string => `${parentId} ${mountPoint}`;
