import { mkdirSync, readFileSync, realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { invalidArgument, unknown } from "../errors/errors.ts";
import type { Logger } from "../log/logger.ts";
import { hasErrorCode } from "../native/libc-error.ts";
import { type MountinfoEntry, parseMountinfo } from "../native/mountinfo.ts";
import type { Command, CommandResult, CommandRunner } from "../reaper/command.ts";
import { CommandLock } from "../reaper/command-lock.ts";
import { Deadline } from "../reaper/deadline.ts";
import { type IdMappedDeps, idMappedLayersPath, mountIdMapped } from "./id-mapped.ts";
import { takeIdMapping } from "./id-mapping.ts";
import type { Mount } from "./mount.ts";
import { toMountCommand } from "./mount-command.ts";
import { findProgram } from "./programs.ts";
import { resolveInRoot } from "./resolve-in-root.ts";
import { unmountAll, unmountUnlisted } from "./unmount.ts";

/** What unmounting needs. */
export interface UnmountDeps {
  /**
   * Runs mount(8) and umount(8) as commands: a dead server blocks the caller in the kernel, and that must not be the
   * daemon.
   */
  readonly commands: Pick<CommandRunner, "run">;
  readonly log: Pick<Logger, "warn">;
}

/** What mounting needs. Each command holds the lock of the bundle, which is the rootfs's parent. */
export type MountDeps = IdMappedDeps;

/** Time limit for one mount or one round of unmounting. A slow device may take a while; a dead one takes for ever. */
const deadlineMs = 60_000;

/**
 * Mounts the mounts of a Create request on `rootfs`, in their order. `rootfs` is created (mode 0711) if there are
 * mounts. If one fails, those before it are undone.
 * @throws {StatusError} Unknown – with the text of mount(8); InvalidArgument – see `toMountCommand`; and those of
 *   `mountIdMapped`.
 */
export async function mountRootfs(
  { mounts, rootfs }: { readonly mounts: readonly Mount[]; readonly rootfs: string },
  deps: MountDeps,
  signal: AbortSignal,
): Promise<void> {
  if (mounts.length === 0) return;
  for (const mount of mounts) requireText(mount);
  makeDirectory(rootfs);
  const top = canonical(rootfs);
  const before = new Set(mountsUnder(top).map((entry) => entry.mountId));
  try {
    for (const mount of mounts) await mountOne({ given: mount, rootfs: top }, deps, signal);
  } catch (error) {
    const isNew = (entry: MountinfoEntry): boolean => !before.has(entry.mountId);
    const list = (): MountinfoEntry[] => mountsUnder(top).filter(isNew);
    await unmountAll({ top, list, umount: umountWith(deps, AbortSignal.timeout(deadlineMs)), log: deps.log }).catch(
      (undoError: Error) => deps.log.warn("failed to undo mounts", { rootfs, error: undoError.message }),
    );
    throw error;
  }
}

/**
 * Unmounts everything that is mounted on `rootfs` and below, deepest first, including mounts on top of each other. Also
 * unmounts the layers that a killed daemon left in the bundle. Idempotent.
 * Busy mounts are retried for some seconds. Without a free descriptor to read the mount table, umount(8) is run on the
 * rootfs directly and reads the table itself; the layers then stay.
 * @throws {StatusError} Unknown – `rootfs` itself is still mounted. Anything else that remains is only logged.
 */
export async function unmountRootfs(rootfs: string, deps: UnmountDeps, signal: AbortSignal): Promise<void> {
  await unmountTree(canonical(rootfs), deps, signal);
}

/** Like `unmountRootfs`, for a path without links. No file system is queried for it. */
export async function unmountTree(top: string, deps: UnmountDeps, signal: AbortSignal): Promise<void> {
  try {
    await unmountAll({ top, list: () => mountsUnder(top), umount: umountWith(deps, signal), log: deps.log });
  } catch (error) {
    if (!hasErrorCode(error, "EMFILE", "ENFILE")) throw error;
    await unmountUnlisted(top, async (path) => (await runUmount(["-R", "--", path], deps, signal)).exitStatus);
  }
}

function requireText({ type, source, target, options }: Mount): void {
  const found = [type, source, target, ...options].find((text) => text.includes("\0"));
  if (found !== undefined) throw invalidArgument(`mount has a NUL character in ${JSON.stringify(found)}`);
}

async function mountOne(
  { given, rootfs }: { readonly given: Mount; readonly rootfs: string },
  deps: MountDeps,
  signal: AbortSignal,
): Promise<void> {
  const { mount, mapping } = takeIdMapping(given);
  const target = mount.target === "" ? rootfs : await resolveInRoot(rootfs, mount.target);
  const bundle = dirname(rootfs);
  using lock = new CommandLock(bundle);
  const { inherit } = lock;
  using deadline = new Deadline(deadlineMs, signal);
  const mountPlainly = (each: Mount) => runMount({ mount: each, target, inherit }, deps, deadline.signal);
  if (mapping === undefined) await mountPlainly(mount);
  else await mountIdMapped({ mount, mapping, target, bundle, inherit, mountPlainly }, deps, deadline.signal);
}

interface MountCall {
  readonly mount: Mount;
  /** Absolute path, resolved. */
  readonly target: string;
  readonly inherit: NonNullable<Command["inherit"]>;
}

async function runMount({ mount, target, inherit }: MountCall, deps: UnmountDeps, signal: AbortSignal): Promise<void> {
  const { program, ...command } = toMountCommand(mount, target);
  // The file descriptor based API of newer util-linux takes no more than 255 bytes per option: too little for lowerdir.
  const env = ["LIBMOUNT_FORCE_MOUNT2=always", "LC_ALL=C"];
  const result = await deps.commands.run({ path: findProgram(program), ...command, env, inherit }, signal);
  if (result.exitStatus === 0) return;
  throw unknown(`failed to mount rootfs component: ${mount.type} ${mount.source} on ${target}: ${wording(result)}`);
}

function umountWith(deps: UnmountDeps, signal: AbortSignal): (mountPoints: readonly string[]) => Promise<string> {
  return async (mountPoints) => {
    const result = await runUmount(["--", ...mountPoints], deps, signal);
    return result.exitStatus === 0 ? "" : wording(result);
  };
}

async function runUmount(args: readonly string[], deps: UnmountDeps, signal: AbortSignal): Promise<CommandResult> {
  const command = { path: findProgram("umount"), args: ["-n", "-i", "-c", ...args], env: ["LC_ALL=C"] };
  using deadline = new Deadline(deadlineMs, signal);
  return await deps.commands.run({ ...command, mayLoseOutput: true }, deadline.signal);
}

function wording(result: CommandResult): string {
  return result.stderr.trim() || `exit status ${result.exitStatus}`;
}

/** Returns what is mounted on the rootfs and below, and what mounting it has left in the bundle. */
function mountsUnder(top: string): MountinfoEntry[] {
  const layers = idMappedLayersPath(dirname(top));
  const entries = parseMountinfo(readFileSync("/proc/self/mountinfo", "utf8"));
  return entries.filter(({ mountPoint }) => isWithin(mountPoint, top) || isWithin(mountPoint, layers));
}

const isWithin = (path: string, dir: string): boolean => path === dir || path.startsWith(`${dir}/`);

/**
 * Returns the name of the rootfs in mountinfo. Resolves only its parent: looking at a mount point whose server is dead
 * would block.
 */
function canonical(rootfs: string): string {
  try {
    return join(realpathSync(dirname(rootfs)), basename(rootfs));
  } catch {
    return rootfs; // the bundle is gone, and with it all that was mounted in it
  }
}

function makeDirectory(rootfs: string): void {
  try {
    mkdirSync(rootfs, { mode: 0o711 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}
