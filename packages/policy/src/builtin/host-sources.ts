import { StatusError } from "@dunnage/core";
import { type HostPath, MountTable, resolveHostPath } from "@dunnage/core/internal";
import { cleanPath, isUnder } from "../cel/functions.ts";

/** Paths of the host as the kernel knows them: by the file system and the path inside of it, whatever name a mount gives them. */
export class HostSources {
  #mounts: MountTable | undefined;
  readonly #limitMs: number;
  readonly #resolved = new Map<string, Promise<HostPath | string>>();

  /**
   * @param deadlineAt when whoever asks has to have the answer.
   * @param table default: the mounts as they are.
   */
  constructor(deadlineAt: Date, table?: MountTable) {
    this.#mounts = table;
    // The other half is for a denial that says so: on a busy node a hook may have to wait for its turn.
    this.#limitMs = Math.max(100, (deadlineAt.getTime() - Date.now()) / 2);
  }

  /** Where a path leads to, or why that cannot be known. */
  resolve(path: string): Promise<HostPath | string> {
    const known = this.#resolved.get(path) ?? this.#look(path);
    this.#resolved.set(path, known);
    return known;
  }

  /** As `resolve`, for paths of the configuration: one that cannot be resolved is taken as it stands. */
  async resolveAll(paths: readonly string[]): Promise<readonly HostPath[]> {
    const found = await Promise.all(paths.map((path) => this.resolve(path)));
    return found.map((each, i) => (typeof each === "string" ? toUnknown(paths[i] ?? "") : each));
  }

  /** Every name that the file has on this host. */
  names({ path, device, inner }: HostPath): readonly string[] {
    return [path, ...this.#mountsOf(device, inner).map((mount) => joinBelow(mount.mountPoint, mount.root, inner))];
  }

  /**
   * Whether a file lies in one of these directories: inside of the same file system, or on one that was mounted there first.
   * A bind mount of another directory does not become a part of them.
   */
  isIn(file: HostPath, directories: readonly HostPath[]): boolean {
    const origin = this.#origin(file);
    return directories.some(
      ({ path, device, inner }) => (device === file.device && isUnder(file.inner, inner)) || isUnder(origin, path),
    );
  }

  /** The first of these paths that one can get to from `file`: it is that, lies in it, or holds it. */
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

  /** Read when it is first needed: most execs need none. */
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

  /** The name by the mount that shows most of the file system; of several such mounts by the first. */
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
