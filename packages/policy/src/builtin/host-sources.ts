import { StatusError } from "@dunnage/core";
import { type HostPath, MountTable, resolveHostPath } from "@dunnage/core/internal";
import { cleanPath, isUnder } from "../cel/functions.ts";

/**
 * Paths of the host as the kernel knows them: by the file system and the path inside it, regardless of the names that
 * mounts give them.
 */
export class HostSources {
  #mounts: MountTable | undefined;
  readonly #limitMs: number;
  readonly #resolved = new Map<string, Promise<HostPath | string>>();

  /**
   * @param deadlineAt when the caller must have the answer.
   * @param table default: the current mounts.
   */
  constructor(deadlineAt: Date, table?: MountTable) {
    this.#mounts = table;
    // Only half of the time: the other half is for the denial that reports the timeout. On a busy node a hook may have
    // to wait for its turn.
    this.#limitMs = Math.max(100, (deadlineAt.getTime() - Date.now()) / 2);
  }

  /** Returns where a path leads, or the reason why that cannot be determined. */
  resolve(path: string): Promise<HostPath | string> {
    const found = this.#resolved.get(path) ?? this.#look(path);
    this.#resolved.set(path, found);
    return found;
  }

  /** Like `resolve`, for paths of the configuration. A path that cannot be resolved is used as it is written. */
  async resolveAll(paths: readonly string[]): Promise<readonly HostPath[]> {
    const found = await Promise.all(paths.map((path) => this.resolve(path)));
    return found.map((each, i) => (typeof each === "string" ? toUnknown(paths[i] ?? "") : each));
  }

  /** Returns every name that a file has on this host. */
  names({ path, device, inner }: HostPath): readonly string[] {
    return [path, ...this.#mountsOf(device, inner).map((mount) => joinBelow(mount.mountPoint, mount.root, inner))];
  }

  /**
   * Whether a file is in one of these directories: on the same file system, or on a file system that was first mounted
   * there. A bind mount of another directory does not become a part of them.
   */
  isIn(file: HostPath, directories: readonly HostPath[]): boolean {
    const origin = this.#origin(file);
    return directories.some(
      ({ path, device, inner }) => (device === file.device && isUnder(file.inner, inner)) || isUnder(origin, path),
    );
  }

  /**
   * Returns the first of these paths that can be reached from `file`: `file` is that path, is inside it, or contains
   * it.
   */
  findReached(file: HostPath, paths: readonly HostPath[]): HostPath | undefined {
    const below = this.#table.entries.filter(
      ({ mountPoint }) => mountPoint !== file.path && isUnder(mountPoint, file.path),
    );
    const inside = below.map(({ mountPoint, device, root }) => ({
      path: mountPoint,
      device,
      inner: root,
      isLocal: true,
    }));
    const names = [file, ...inside].flatMap((each) => this.names(each));
    return paths.find((denied) => names.some((name) => isUnder(name, denied.path) || isUnder(denied.path, name)));
  }

  /** The mount table. It is read when it is first needed: most execs do not need it. */
  get #table(): MountTable {
    this.#mounts ??= MountTable.read();
    return this.#mounts;
  }

  async #look(path: string): Promise<HostPath | string> {
    try {
      return await resolveHostPath(path, { table: this.#table, limitMs: this.#limitMs });
    } catch (error) {
      if (error instanceof StatusError) return error.message;
      throw error;
    }
  }

  /**
   * Returns the name of a file by the mount that shows the largest part of its file system; of several such mounts, by
   * the first.
   */
  #origin({ path, device, inner }: HostPath): string {
    const [first, ...rest] = this.#mountsOf(device, inner);
    if (first === undefined) return path;
    const { mountPoint, root } = rest.reduce(
      (best, mount) => (mount.root.length < best.root.length ? mount : best),
      first,
    );
    return joinBelow(mountPoint, root, inner);
  }

  #mountsOf(device: string, inner: string): MountTable["entries"] {
    return this.#table.entries.filter((mount) => mount.device === device && isUnder(inner, mount.root));
  }
}

const toUnknown = (path: string): HostPath => ({ path: cleanPath(path), device: "", inner: "/", isLocal: false });

function joinBelow(mountPoint: string, root: string, inner: string): string {
  return `${mountPoint}/${inner.slice(root.length)}`.replaceAll(/\/{2,}/g, "/").replace(/(?<=.)\/$/, "");
}
