import { accessSync, constants, mkdirSync, readFileSync, realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { invalidArgument, unknown } from "../errors/errors.ts";
import type { Logger } from "../log/logger.ts";
import { type MountinfoEntry, parseMountinfo } from "../native/mountinfo.ts";
import type { CommandResult, CommandRunner } from "../reaper/command.ts";
import { CommandLock } from "../reaper/command-lock.ts";
import { Deadline } from "../reaper/deadline.ts";
import type { Mount } from "./mount.ts";
import { toMountCommand } from "./mount-command.ts";
import { resolveInRoot } from "./resolve-in-root.ts";
import { unmountAll } from "./unmount.ts";

/** What mounting needs. Each mount(8) holds the lock of the bundle, which is the rootfs's parent. */
export interface MountDeps {
  /** mount(8) and umount(8) run as commands: a dead server blocks them in the kernel, and that must not be the daemon. */
  readonly commands: Pick<CommandRunner, "run">;
  readonly log: Pick<Logger, "warn">;
}

/** For one mount or one round of unmounting. A slow device may take a while; a dead one for ever. */
const deadlineMs = 60_000;

/**
 * Mounts what a Create request brings, in its order, on `rootfs`, which is made (mode 0711) if there are mounts.
 * A failure undoes what was mounted before.
 * @throws {StatusError} Unknown – with the words of mount(8); InvalidArgument, Unimplemented – see `toMountCommand`.
 */
export async function mountRootfs(
  mounts: readonly Mount[],
  rootfs: string,
  deps: MountDeps,
  signal: AbortSignal,
): Promise<void> {
  if (mounts.length === 0) return;
  for (const mount of mounts) requireText(mount);
  makeDirectory(rootfs);
  const top = canonical(rootfs);
  const before = new Set(mountsUnder(top).map((entry) => entry.mountId));
  try {
    for (const mount of mounts) await mountOne(mount, top, deps, signal);
  } catch (error) {
    const isNew = (entry: MountinfoEntry): boolean => !before.has(entry.mountId);
    const list = (): MountinfoEntry[] => mountsUnder(top).filter(isNew);
    await unmountAll({ list, umount: umountWith(deps, AbortSignal.timeout(deadlineMs)), log: deps.log }).catch(
      (undoError: Error) => deps.log.warn("failed to undo mounts", { rootfs, error: undoError.message }),
    );
    throw error;
  }
}

/**
 * Unmounts all that is mounted on `rootfs` and below, deepest first, what lies on top of each other too. Idempotent.
 * What is busy is tried again for some seconds.
 * @throws {StatusError} Unknown – `rootfs` itself is still mounted; failures below it are logged only.
 */
export async function unmountRootfs(rootfs: string, deps: MountDeps, signal: AbortSignal): Promise<void> {
  const top = canonical(rootfs);
  await unmountAll({ list: () => mountsUnder(top), umount: umountWith(deps, signal), log: deps.log });
}

function requireText({ type, source, target, options }: Mount): void {
  const found = [type, source, target, ...options].find((text) => text.includes("\0"));
  if (found !== undefined) throw invalidArgument(`mount has a NUL character in ${JSON.stringify(found)}`);
}

async function mountOne(mount: Mount, rootfs: string, deps: MountDeps, signal: AbortSignal): Promise<void> {
  const target = mount.target === "" ? rootfs : await resolveInRoot(rootfs, mount.target);
  const { program, ...command } = toMountCommand(mount, target);
  // The file descriptor based API of newer util-linux takes no more than 255 bytes per option: too little for lowerdir.
  const env = ["LIBMOUNT_FORCE_MOUNT2=always", "LC_ALL=C"];
  using lock = new CommandLock(dirname(rootfs));
  const work = { path: findProgram(program), ...command, env, inherit: lock.inherit };
  using deadline = new Deadline(deadlineMs, signal);
  const result = await deps.commands.run(work, deadline.signal);
  if (result.exitStatus === 0) return;
  throw unknown(`failed to mount rootfs component: ${mount.type} ${mount.source} on ${target}: ${wording(result)}`);
}

function umountWith(deps: MountDeps, signal: AbortSignal): (mountPoints: readonly string[]) => Promise<string> {
  return async (mountPoints) => {
    const args = ["-n", "-i", "-c", "--", ...mountPoints];
    const command = { path: findProgram("umount"), args, env: ["LC_ALL=C"], mayLoseOutput: true };
    using deadline = new Deadline(deadlineMs, signal);
    const result = await deps.commands.run(command, deadline.signal);
    return result.exitStatus === 0 ? "" : wording(result);
  };
}

function wording(result: CommandResult): string {
  return result.stderr.trim() || `exit status ${result.exitStatus}`;
}

function mountsUnder(top: string): MountinfoEntry[] {
  const entries = parseMountinfo(readFileSync("/proc/self/mountinfo", "utf8"));
  return entries.filter(({ mountPoint }) => mountPoint === top || mountPoint.startsWith(`${top}/`));
}

/** The name that mountinfo has for it. The parent only: to look at a mount point whose server is dead would block. */
function canonical(rootfs: string): string {
  try {
    return join(realpathSync(dirname(rootfs)), basename(rootfs));
  } catch {
    return rootfs; // the bundle is gone, and all that was mounted in it
  }
}

function makeDirectory(rootfs: string): void {
  try {
    mkdirSync(rootfs, { mode: 0o711 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

// Not by PATH: a daemon's may be anything. The last two are NixOS's.
const programDirs = ["/usr/bin", "/bin", "/usr/sbin", "/sbin", "/run/wrappers/bin", "/run/current-system/sw/bin"];

function findProgram(name: string): string {
  const path = programDirs.map((dir) => join(dir, name)).find(isExecutable);
  if (path === undefined) throw unknown(`no executable ${name} in ${programDirs.join(", ")}`);
  return path;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
