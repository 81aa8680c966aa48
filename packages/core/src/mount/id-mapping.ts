import { invalidArgument } from "../errors/errors.ts";
import type { Mount } from "./mount.ts";

/** Owners of a mount's files: texts for /proc/PID/uid_map and gid_map, a range a line. */
export interface IdMapping {
  readonly uids: string;
  readonly gids: string;
}

/** Ids have 32 bits; the last one stands for none. */
const maxId = 0xffff_ffff;

/**
 * Takes the mapping of owners out of the options of a mount: `uidmap=CONTAINER:HOST:SIZE,…`, and the same in `gidmap`. Pure.
 * Helpers of FUSE file systems get these options as they are.
 * @throws {StatusError} InvalidArgument – one without the other, or what the kernel cannot take.
 * @see https://github.com/containerd/containerd/blob/main/core/mount/mount_idmapped_linux.go
 */
export function takeIdMapping(mount: Mount): { readonly mount: Mount; readonly mapping?: IdMapping } {
  if (/^fuse3?\./.test(mount.type)) return { mount };
  const uidmap = optionOf(mount, "uidmap");
  const gidmap = optionOf(mount, "gidmap");
  if (uidmap === undefined && gidmap === undefined) return { mount };
  // containerd mounts it without any mapping then.
  if (uidmap === undefined) throw invalidArgument(`mount option gidmap=${gidmap} without uidmap`);
  if (gidmap === undefined) throw invalidArgument(`mount option uidmap=${uidmap} without gidmap`);
  const options = mount.options.filter((option) => !/^[ug]idmap=/.test(option));
  return { mount: { ...mount, options }, mapping: { uids: toRanges(uidmap), gids: toRanges(gidmap) } };
}

/** The last one of that name counts, as in containerd. */
function optionOf({ options }: Mount, name: "uidmap" | "gidmap"): string | undefined {
  return options.findLast((option) => option.startsWith(`${name}=`))?.slice(name.length + 1);
}

function toRanges(value: string): string {
  return value.split(",").map(toRange).join("");
}

function toRange(text: string): string {
  const numbers = /^(\d{1,10}):(\d{1,10}):(\d{1,10})$/.exec(text)?.slice(1).map(Number) ?? [];
  const [inside = 0, outside = 0, size = 0] = numbers;
  if (size === 0 || inside + size > maxId || outside + size > maxId) {
    throw invalidArgument(`id mapping ${JSON.stringify(text)} is not CONTAINER-ID:HOST-ID:SIZE`);
  }
  return `${inside} ${outside} ${size}\n`;
}
