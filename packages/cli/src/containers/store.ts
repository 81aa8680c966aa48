import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { alreadyExists, notFound, permissionDenied } from "@dunnage/core";
import { identify, isRunning, type ProcessIdentity, validateId } from "@dunnage/core/client";

/**
 * The default root. It is on a disk and not below /run: it contains output, and containers that a reboot ended must
 * still be found.
 */
export const defaultRoot = "/var/lib/dunnage/containers";

export interface StoreOptions {
  readonly root: string;
  readonly namespace: string;
}

/**
 * The containers of one namespace. Each has a directory, `ROOT/NAMESPACE/ID`, which is also the shim's bundle. A
 * directory appears and disappears as a whole, by rename, so a process that is killed never leaves an incomplete one.
 */
export class ContainerStore {
  readonly #directory: string;
  /**
   * The namespace for the shim. By it the shim finds its group, and a runtime its containers. If the root is not the
   * default, the namespace ends in a hash of the root, so that containers of the same name never meet.
   */
  readonly shimNamespace: string;

  /** Opens nothing. @throws {StatusError} InvalidArgument – not a valid name for a namespace. */
  constructor({ root, namespace }: StoreOptions) {
    validateId(namespace, "namespace");
    const path = resolve(root);
    const hash = createHash("sha256").update(path).digest("hex").slice(0, 8);
    this.shimNamespace = path === defaultRoot ? namespace : `${namespace}-${hash}`;
    this.#directory = join(path, namespace);
  }

  path(id: string): string {
    return join(this.#directory, id);
  }

  /** Returns the directory of a container. @throws {StatusError} NotFound; InvalidArgument – not a valid id. */
  find(id: string): string {
    validateId(id, "container id");
    if (!this.#names().includes(id)) throw notFound(`container ${id}: not found`);
    return this.path(id);
  }

  /** Returns the ids of all containers, sorted. */
  list(): string[] {
    return this.#names().filter((name) => !name.startsWith("."));
  }

  /**
   * Creates the directory of a container. `fill` is called with its path before it gets its final name.
   * @throws {StatusError} AlreadyExists – the id is in use; PermissionDenied – we may not write to the root.
   */
  create(id: string, fill: (directory: string) => void): string {
    validateId(id, "container id");
    const temporary = this.#temporary("new", id);
    this.#explained(() => mkdirSync(temporary, { recursive: true, mode: 0o700 }));
    this.#sweep();
    try {
      fill(temporary);
      renameSync(temporary, this.path(id));
    } catch (error) {
      rmSync(temporary, { recursive: true, force: true });
      const { code } = error as NodeJS.ErrnoException;
      throw code === "ENOTEMPTY" || code === "EEXIST" ? alreadyExists(`container ${id}: already exists`) : error;
    }
    return this.path(id);
  }

  /** Removes the directory of a container. Idempotent. */
  remove(id: string): void {
    const temporary = this.#temporary("old", id);
    try {
      renameSync(this.path(id), temporary);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
    rmSync(temporary, { recursive: true, force: true });
    this.#sweep();
  }

  #temporary(kind: "new" | "old", id: string): string {
    const { pid, startTime } = identify("self") as ProcessIdentity;
    return join(this.#directory, `.${kind}.${pid}.${startTime}.${id}`);
  }

  /** Removes directories that killed processes have left half created or half removed. */
  #sweep(): void {
    for (const name of this.#names()) {
      const [, pid, startTime] = /^\.(?:new|old)\.(\d+)\.(\d+)\./.exec(name) ?? [];
      if (pid === undefined || isRunning({ pid: Number(pid), startTime: Number(startTime) })) continue;
      rmSync(join(this.#directory, name), { recursive: true, force: true });
    }
  }

  #names(): string[] {
    return this.#explained(() => readdirSync(this.#directory).sort()) ?? [];
  }

  /** Calls a function that accesses the root, and explains a denied permission. Undefined: the root does not exist. */
  #explained<T>(look: () => T): T | undefined {
    try {
      return look();
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "ENOENT") return undefined;
      if (code !== "EACCES" && code !== "EPERM") throw error;
      throw permissionDenied(
        `${this.#directory}: permission denied; this takes root, or --root with a directory of yours`,
      );
    }
  }
}
