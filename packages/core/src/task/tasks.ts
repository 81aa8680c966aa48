import { setTimeout as sleep } from "node:timers/promises";
import { notFound } from "../errors/errors.ts";
import { insistentPublisher } from "../events/insistent-publisher.ts";
import { attempt, logFailure } from "../log/attempt.ts";
import type { wire } from "../proto/gen/wire.js";
import type { Call } from "./call.ts";
import { createContainer, finishCreate } from "./calls/create.ts";
import { deleteExec, deleteInit, dropInit } from "./calls/delete.ts";
import { bundleKey } from "./container/bundle-use.ts";
import type { Container } from "./container/container.ts";
import { ContainerTable, Slot } from "./container/container-table.ts";
import { validateBundle, validateId } from "./container/identifiers.ts";
import { DeletedAnswers } from "./deleted-answers.ts";
import type { TaskDeps } from "./deps.ts";

/** Where a call comes from: what it shares with the ttrpc call. */
type Origin = Pick<Call, "signal" | "attempt">;

/** Time limit for deleting a container that no client deletes. */
const defaultAbandonedTimeoutMs = 30_000;
/** How often the daemon checks that the bundle of an ended container still exists. */
const defaultAbandonedCheckMs = 5_000;

/** Adds, finds and removes this daemon's containers. The calls on a container are in `calls/`. */
export class Tasks {
  readonly #deps: TaskDeps;
  readonly #table: ContainerTable;
  readonly #deleted = new DeletedAnswers();

  constructor(deps: TaskDeps, table = new ContainerTable()) {
    this.#deps = { ...deps, publisher: insistentPublisher(deps.publisher, deps.log) };
    this.#table = table;
  }

  /** Whether a container exists. Containers that are being created count. */
  has(id: string): boolean {
    return this.#table.has(id);
  }

  /** Number of containers, including those that are being created. */
  get size(): number {
    return this.#table.size;
  }

  /** @throws {StatusError} NotFound – no such container; the text is containerd-shim-runc-v2's. */
  container(id: string): Container {
    const container = this.find(id);
    if (container === undefined) throw notFound("container not created: not found");
    return container;
  }

  /** As `container`, but returns undefined instead of throwing. */
  find(id: string): Container | undefined {
    return this.#table.find(id);
  }

  /**
   * Returns a call on a container.
   * @throws {StatusError} as `container`.
   */
  call(id: string, { signal, attempt }: Origin): Call {
    return { deps: this.#deps, container: this.container(id), signal, attempt };
  }

  async create(request: wire.CreateTaskRequest, { signal, attempt }: Origin): Promise<Container> {
    const { id, bundle } = request;
    validateId(id, "container id");
    validateBundle(bundle);
    const previous = this.find(id);
    if (attempt > 0 && previous?.ref.bundle === bundle && this.#hasBundle(previous)) {
      await finishCreate(this.call(id, { signal, attempt }));
      return previous;
    }
    if (previous !== undefined) await this.#deleteIfAbandoned(previous);
    this.#table.reserve(id, bundle);
    using slot = this.#slot(id);
    this.#changed();
    const container = await createContainer({ deps: this.#deps, signal, attempt }, request, slot);
    void this.#watchBundle(container);
    return container;
  }

  async delete({ id, exec_id: execId }: wire.DeleteRequest, origin: Origin): Promise<wire.DeleteResponse.$Properties> {
    const container = this.find(id);
    const isThere = container !== undefined && (execId === "" || container.hasExec(execId));
    const answered = origin.attempt > 0 && !isThere ? this.#deleted.find(id, execId) : undefined;
    if (answered !== undefined) return answered;
    const answer = await this.#delete(this.call(id, origin), execId);
    this.#deleted.add(id, execId, answer);
    return answer;
  }

  #delete(call: Call, execId: string): Promise<wire.DeleteResponse.$Properties> {
    const { deps, container } = call;
    if (execId !== "") return deleteExec(deps, container, container.process(execId));
    return deleteInit(call, this.#slot(container.ref.id));
  }

  /** Whether its bundle is the directory in which it was created: the bundle of a later container is not. */
  #hasBundle({ ref }: Container): boolean {
    const key = bundleKey(ref.bundle);
    return key !== undefined && this.#table.ownsBundle(ref.id, key);
  }

  #slot(id: string): Slot {
    return new Slot(this.#table, id, () => this.#released(id));
  }

  /**
   * Deletes an ended container once its bundle has been removed. If the daemon does not answer, containerd executes
   * `delete`, removes the bundle and never calls this daemon for the container again. That may happen before the
   * container ends or at any time after it, so the daemon checks for the bundle until the container is deleted. Never
   * rejects.
   */
  async #watchBundle(container: Container): Promise<void> {
    const checkMs = this.#deps.abandonedCheckMs ?? defaultAbandonedCheckMs;
    await container.init.wait(new AbortController().signal);
    while (this.find(container.ref.id) === container) {
      await this.#deleteIfAbandoned(container);
      await sleep(checkMs, undefined, { ref: false });
    }
  }

  /** Deletes an ended container if its bundle was removed. Never rejects: the next check tries again. */
  async #deleteIfAbandoned(container: Container): Promise<void> {
    const { id, bundle } = container.ref;
    try {
      const key = bundleKey(bundle);
      if (container.init.state !== "stopped" || (key !== undefined && this.#table.ownsBundle(id, key))) return;
      const signal = AbortSignal.timeout(this.#deps.abandonedTimeoutMs ?? defaultAbandonedTimeoutMs);
      const call: Call = { deps: this.#deps, container, signal, attempt: 0 };
      if (key === undefined) await this.#delete(call, "");
      else await dropInit(call, this.#slot(id));
    } catch (error) {
      logFailure({ log: this.#deps.log, message: "abandoned container not deleted", fields: { id } }, error);
    }
  }

  /** Reports that a container is gone. A failure there does not affect other containers, so it is only logged. */
  #released(id: string): void {
    const note = { log: this.#deps.log, message: "container not released", fields: { id } };
    attempt(note, () => this.#deps.log.detach(id));
    attempt(note, () => this.#deps.released(id));
    this.#changed();
  }

  /** Reports the new number to the daemon. A failure there does not affect the container, so it is only logged. */
  #changed(): void {
    const note = { log: this.#deps.log, message: "number of containers not shown", fields: {} };
    attempt(note, () => this.#deps.containersChanged(this.size));
  }
}
