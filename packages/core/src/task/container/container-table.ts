import { alreadyExists, invalidArgument } from "../../errors/errors.ts";
import { bundleKey } from "./bundle-use.ts";
import type { Container } from "./container.ts";

/**
 * The containers of this daemon, those that are being created, and their bundles. No two containers have the same id or
 * the same bundle.
 */
export class ContainerTable {
  readonly #containers = new Map<string, Container>();
  /** Ids whose create is in progress. */
  readonly #reserved = new Set<string>();
  /** `bundleKey` → id, of the containers of both kinds. */
  readonly #bundles = new Map<string, string>();

  /** Whether a container exists. Containers that are being created count. */
  has(id: string): boolean {
    return this.#containers.has(id) || this.#reserved.has(id);
  }

  /** Number of containers, including those that are being created. */
  get size(): number {
    return this.#containers.size + this.#reserved.size;
  }

  /** Returns a container that has been created. */
  find(id: string): Container | undefined {
    return this.#containers.get(id);
  }

  /** Whether this directory, of which the key is given, is the bundle of the container. */
  ownsBundle(id: string, key: string): boolean {
    return this.#bundles.get(key) === id;
  }

  /**
   * Reserves an id and a bundle for a container that is being created.
   * @throws {StatusError} AlreadyExists – another container has one of them; InvalidArgument – there is no such bundle.
   */
  reserve(id: string, bundle: string): void {
    if (this.has(id)) throw alreadyExists(`container ${id}: already exists`);
    const key = bundleKey(bundle);
    if (key === undefined) throw invalidArgument(`bundle ${bundle} does not exist`);
    const owner = this.#bundles.get(key);
    if (owner !== undefined) throw alreadyExists(`bundle ${bundle} belongs to container ${owner}: already exists`);
    this.#bundles.set(key, id);
    this.#reserved.add(id);
  }

  /** Adds a container whose id is reserved. Returns it as `find` does. */
  commit(id: string, container: Container): Container {
    this.#reserved.delete(id);
    this.#containers.set(id, container);
    return container;
  }

  /** Removes a container or its reservation. */
  release(id: string): void {
    this.#reserved.delete(id);
    this.#containers.delete(id);
    for (const [key, owner] of this.#bundles) if (owner === id) this.#bundles.delete(key);
  }
}

/** The place of one container in the table, for the calls that create and delete it. */
export class Slot {
  readonly #id: string;
  readonly #table: ContainerTable;
  readonly #onRelease: () => void;
  #isCommitted = false;

  constructor(table: ContainerTable, id: string, onRelease: () => void) {
    this.#table = table;
    this.#id = id;
    this.#onRelease = onRelease;
  }

  /** Makes the container visible to all calls. Returns it as they see it. */
  commit(container: Container): Container {
    this.#isCommitted = true;
    return this.#table.commit(this.#id, container);
  }

  /** Releases the id and the bundle: another container may have them. */
  release(): void {
    this.#table.release(this.#id);
    this.#onRelease();
  }

  /** Releases the id and the bundle of a container that could not be created. */
  [Symbol.dispose](): void {
    if (!this.#isCommitted) this.release();
  }
}
