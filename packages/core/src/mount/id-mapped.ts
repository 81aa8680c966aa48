import { mkdirSync, readFileSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { failedPrecondition, unknown } from "../errors/errors.ts";
import type { Logger } from "../log/logger.ts";
import type { Libc, MountClone } from "../native/libc.ts";
import { hasErrorCode } from "../native/libc-error.ts";
import type { Mount } from "./mount.ts";
import { lowerDirIndex, replaceLowerDirs, splitLowerDirs, unescapeLowerDir } from "./overlay.ts";
import { findProgram } from "./programs.ts";
import { openUserNamespace, type UserNamespaceDeps, type UserNamespaceRequest } from "./user-namespace.ts";

/** What an id-mapped mount needs. */
export interface IdMappedDeps extends UserNamespaceDeps {
  readonly libc: Pick<Libc, "pipe" | "mountClone" | "detachMount">;
  readonly log: Pick<Logger, "warn">;
}

/** An id-mapped mount of a Create request. */
export interface IdMappedRequest extends Pick<UserNamespaceRequest, "mapping" | "inherit"> {
  /** Its options do not contain the mapping any more. */
  readonly mount: Mount;
  /** Absolute path, resolved. */
  readonly target: string;
  readonly bundle: string;
  /** Mounts on the target, with a deadline. */
  readonly mountPlainly: (mount: Mount) => Promise<void>;
}

/**
 * Returns the directory in the bundle where the lower directories of an overlay are id-mapped mounts, until the overlay
 * is mounted: the overlay keeps its own clones. `unmountRootfs` looks there too, in case a daemon was killed meanwhile.
 */
export const idMappedLayersPath = (bundle: string): string => join(bundle, "dunnage.layers");

/**
 * Mounts a file system with mapped owners. An overlay itself cannot be id-mapped: its lower directories are, and the
 * upper one has the right owners already. Any other file system is mounted, and then covered by an id-mapped clone of
 * itself.
 * @throws {StatusError} FailedPrecondition – the kernel or the file system does not support it; InvalidArgument – the
 *   kernel refuses the mapping.
 * @see https://github.com/containerd/containerd/blob/main/core/mount/mount_linux.go
 */
export async function mountIdMapped(request: IdMappedRequest, deps: IdMappedDeps, signal: AbortSignal): Promise<void> {
  const { mount, mapping, target, bundle, inherit, mountPlainly } = request;
  const index = lowerDirIndex(mount);
  const lowerDirs = splitLowerDirs(mount.options[index] ?? "").map(unescapeLowerDir);
  using namespace = await openUserNamespace({ mapping, dirs: lowerDirs, inherit }, deps, signal);
  if (index < 0) {
    await mountPlainly(mount);
    cover(deps.libc, { source: target, target, userNamespaceFd: namespace.fd, recursive: true, readOnly: false });
    return;
  }
  using layers = new IdMappedLayers(bundle, deps);
  layers.mount(lowerDirs, namespace.fd);
  const option = replaceLowerDirs(mount.options[index] ?? "", layers.path);
  await mountPlainly({ ...mount, options: mount.options.with(index, option) });
}

/**
 * Whether `mountIdMapped` can work on this machine. The client knows which file systems can be id-mapped: it requests a
 * mapping only if its own can.
 */
export function supportsIdMapping(libc: Pick<Libc, "hasIdMappedMounts">, procfs = "/proc"): boolean {
  try {
    findProgram("unshare");
    return Number(readFileSync(`${procfs}/sys/user/max_user_namespaces`, "utf8")) > 0 && libc.hasIdMappedMounts();
  } catch {
    return false; // no such program, or a kernel without user namespaces
  }
}

/**
 * Id-mapped clones of directories, in the bundle. Disposing removes them. They are read-only: a process that removes
 * the bundle must not reach the files of an image through them. They lie on a mount of their own, so that one system
 * call removes them all: each call that unmounts waits for all processors.
 */
class IdMappedLayers implements Disposable {
  readonly #dir: string;
  readonly #deps: IdMappedDeps;
  readonly #stack = new DisposableStack();

  constructor(bundle: string, deps: IdMappedDeps) {
    this.#dir = idMappedLayersPath(bundle);
    this.#deps = deps;
  }

  readonly path = (index: number): string => join(this.#dir, String(index));

  mount(sources: readonly string[], userNamespaceFd: number): void {
    this.#makeDirectory(this.#dir);
    for (const index of sources.keys()) this.#makeDirectory(this.path(index));
    const { libc } = this.#deps;
    cover(libc, { source: this.#dir, target: this.#dir, recursive: false, readOnly: true });
    this.#defer(() => libc.detachMount(this.#dir));
    for (const [index, source] of sources.entries()) {
      cover(libc, { source, target: this.path(index), userNamespaceFd, recursive: false, readOnly: true });
    }
  }

  #makeDirectory(path: string): void {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    this.#defer(() => rmdirSync(path));
  }

  /** If it fails, it is retried when the rootfs is unmounted. */
  #defer(undo: () => void): void {
    this.#stack.defer(() => {
      try {
        undo();
      } catch (error) {
        this.#deps.log.warn("failed to remove id-mapped layers", { error: (error as Error).message });
      }
    });
  }

  [Symbol.dispose](): void {
    this.#stack[Symbol.dispose]();
  }
}

function cover(libc: IdMappedDeps["libc"], mount: MountClone): void {
  try {
    libc.mountClone(mount);
  } catch (error) {
    const text = `failed to mount rootfs component: ${mount.source} cannot be id-mapped: ${(error as Error).message}`;
    if (!hasErrorCode(error, "EINVAL", "ENOSYS", "EPERM")) throw unknown(text, { cause: error });
    throw failedPrecondition(`${text}: its file system or this kernel does not support id-mapped mounts`);
  }
}
