import { invalidArgument } from "../errors/errors.ts";
import type { Mount } from "./mount.ts";

/** The mapping of the owners of a mount's files: texts for /proc/PID/uid_map and gid_map, one range per line. */
export interface IdMapping {
  readonly uids: string;
  readonly gids: string;
}

/** Ids have 32 bits; the last one means "none". */
const maxId = 0xffff_ffff;

/**
 * Removes the mapping of owners from the options of a mount, and returns both. The options are
 * `uidmap=CONTAINER:HOST:SIZE,…`, and `gidmap` likewise. Pure. Helpers of FUSE file systems get these options
 * unchanged.
 * @throws {StatusError} InvalidArgument – one option without the other, or values that the kernel cannot take.
 * @see https://github.com/containerd/containerd/blob/main/core/mount/mount_idmapped_linux.go
 */
export function takeIdMapping(mount: Mount): { readonly mount: Mount; readonly mapping?: IdMapping } {
  if (/^fuse3?\./.test(mount.type)) return { mount };
  const uidmap = optionOf(mount, "uidmap");
  const gidmap = optionOf(mount, "gidmap");
  if (uidmap === undefined && gidmap === undefined) return { mount };
  // containerd would mount it without any mapping.
  if (uidmap === undefined) throw invalidArgument(`mount option gidmap=${gidmap} without uidmap`);
  if (gidmap === undefined) throw invalidArgument(`mount option uidmap=${uidmap} without gidmap`);
  const options = mount.options.filter((option) => !/^[ug]idmap=/.test(option));
  return { mount: { ...mount, options }, mapping: { uids: toRanges(uidmap), gids: toRanges(gidmap) } };
}

/** If there are several options of that name, the last one counts, as in containerd. */
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
