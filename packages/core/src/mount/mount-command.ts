import { posix } from "node:path";
import { invalidArgument } from "../errors/errors.ts";
import type { Mount } from "./mount.ts";
import { lowerDirIndex, splitLowerDirs } from "./overlay.ts";

/** The command for a mount: arguments of mount(8), or of a FUSE helper that takes its place. */
export interface MountCommand {
  readonly program: "mount" | "mount.fuse" | "mount.fuse3";
  readonly args: readonly string[];
  /** Working directory of the command: relative paths in the options are below it. */
  readonly cwd?: string;
}

/**
 * The most bytes of data for mount(2): it takes one page, including the final NUL, and silently truncates longer data.
 */
export const maxDataBytes = 4095;

/** From this size on, an overlay's lower directories are given relative to their common parent, as in containerd. */
const compactFromBytes = 3584;

// Options that are flags for mount(2); the rest is data for the file system.
const flags = new Set(
  `async atime bind defaults dev diratime dirsync exec mand noatime nodev nodiratime noexec nomand norelatime
  nostrictatime nosuid rbind relatime remount ro rw strictatime suid sync private rprivate shared rshared slave rslave
  unbindable runbindable loop`.split(/\s+/),
);

/**
 * Builds the command that mounts `mount` on the absolute path `target`. Pure.
 * @throws {StatusError} InvalidArgument – options that no kernel accepts.
 * @see https://github.com/containerd/containerd/blob/main/core/mount/mount_linux.go
 */
export function toMountCommand(mount: Mount, target: string): MountCommand {
  rejectUnsupported(mount.options);
  const fuse = /^(fuse3?)\.(.+)$/.exec(mount.type);
  if (fuse) {
    return toFuseCommand(mount, target, {
      helper: fuse[1] === "fuse3" ? "mount.fuse3" : "mount.fuse",
      type: fuse[2] ?? "",
    });
  }
  rejectFstab(mount.options);
  const { options, cwd } = compactOverlay(mount);
  if (dataBytes(options) > maxDataBytes) {
    throw invalidArgument(
      `mount options of ${mount.type} are ${dataBytes(options)} bytes, the kernel takes ${maxDataBytes}`,
    );
  }
  const isBind =
    mount.type === "bind" || mount.type === "rbind" || options.includes("bind") || options.includes("rbind");
  const all = isBind ? toBindOptions(mount.type, options) : options;
  // -n: no mtab; -i: no file system helper; -c: the target is already resolved, and the source is used as it is.
  const args = ["-n", "-i", "-c", ...(isBind || mount.type === "" ? [] : ["-t", mount.type])];
  if (all.length > 0) args.push("-o", all.join(","));
  args.push("--", mount.source || "none", target);
  return { program: "mount", args, ...(cwd === undefined ? {} : { cwd }) };
}

function rejectUnsupported(options: readonly string[]): void {
  for (const option of options) {
    if (option.startsWith("X-containerd.")) throw invalidArgument(`mount option ${option} is for containerd's own use`);
  }
}

/**
 * Refuses options for fstab. mount(8) would create directories, change owners, or ignore the option. mount(2), which
 * containerd calls, refuses it.
 */
function rejectFstab(options: readonly string[]): void {
  const found = options.find((option) => /^x-/i.test(option));
  if (found !== undefined) throw invalidArgument(`mount option ${found} is for fstab, no file system takes it`);
}

function toFuseCommand(
  mount: Mount,
  target: string,
  fuse: { readonly helper: "mount.fuse" | "mount.fuse3"; readonly type: string },
): MountCommand {
  const options = mount.options.flatMap((option) => ["-o", option]);
  return { program: fuse.helper, args: [mount.source, target, ...options, "-t", fuse.type] };
}

function toBindOptions(type: string, options: readonly string[]): readonly string[] {
  if (options.includes("bind") || options.includes("rbind")) return options;
  return [type === "rbind" ? "rbind" : "bind", ...options];
}

function dataBytes(options: readonly string[]): number {
  return Buffer.byteLength(options.filter((option) => !flags.has(option)).join(","));
}

function compactOverlay(mount: Mount): { readonly options: readonly string[]; readonly cwd?: string } {
  const { options } = mount;
  const index = lowerDirIndex(mount);
  if (index < 0 || dataBytes(options) < compactFromBytes) return { options };
  const lower = splitLowerDirs(options[index] ?? "");
  const cwd = commonParent(lower);
  if (cwd === undefined) return { options };
  const relative = lower.map((dir) => dir.slice(cwd.length + 1));
  return { options: options.with(index, `lowerdir=${relative.join(":")}`), cwd };
}

/** The deepest directory, other than the root, that holds all of `dirs`; undefined if there is none. */
function commonParent(dirs: readonly string[]): string | undefined {
  // With an escape, the name in the option is not the name of the directory.
  if (!dirs.every((dir) => posix.isAbsolute(dir) && posix.normalize(dir) === dir && !dir.includes("\\"))) {
    return undefined;
  }
  let common = posix.dirname(dirs[0] ?? "/");
  for (const dir of dirs) while (common !== "/" && !dir.startsWith(`${common}/`)) common = posix.dirname(common);
  return common === "/" ? undefined : common;
}
