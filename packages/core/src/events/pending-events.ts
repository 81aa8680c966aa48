/** An event on its way to containerd, as plain data. */
export interface PendingEvent {
  readonly containerId: string;
  readonly topic: string;
  /** The encoded ForwardRequest. */
  readonly request: Uint8Array;
  /** How often the event service has answered it with an error. */
  refusals: number;
}

/** Most droppable events of one container that wait. */
export const maxDroppable = 256;

/**
 * The events from which containerd's clients build their state. Each is delivered, or refused by the event service for
 * good.
 */
const required: ReadonlySet<string> = new Set(["/tasks/create", "/tasks/start", "/tasks/exit", "/tasks/delete"]);
const oom = "/tasks/oom";

interface ContainerEvents {
  readonly events: PendingEvent[];
  droppable: number;
}

/**
 * The events of all containers that containerd has not accepted yet, in order for each container. Each container has a
 * share of its own.
 *
 * Bound: of one container at most `maxDroppable` events that may be dropped (about 0.3 KB each), where a new one
 * replaces the oldest. Behind the event in flight at most one `/tasks/oom` waits; it represents all OOM kills that
 * happen meanwhile. Create, start, exit and delete are never dropped. A container has one of each, and an exec one
 * exit, so their number is that of the containers and execs that clients have created. While containerd is away, none
 * of its clients creates any: each running container adds one exit, each running exec adds one more, and nothing else
 * grows, for however many hours.
 */
export class PendingEvents {
  readonly #containers = new Map<string, ContainerEvents>();
  #size = 0;

  /** Number of events of all containers. */
  get size(): number {
    return this.#size;
  }

  /** Returns the event of a container that is to be sent next, or is in flight. */
  head(containerId: string): PendingEvent | undefined {
    return this.#containers.get(containerId)?.events[0];
  }

  /** Adds an event behind those of its container. Returns the event that was dropped for it, if any. */
  add(event: PendingEvent): PendingEvent | undefined {
    const queue = this.#containers.get(event.containerId) ?? { events: [], droppable: 0 };
    this.#containers.set(event.containerId, queue);
    if (event.topic === oom && queue.events.some(({ topic }, index) => index > 0 && topic === oom)) return undefined;
    const dropped = isDroppable(event) && queue.droppable >= maxDroppable ? this.#dropOldest(queue) : undefined;
    queue.events.push(event);
    if (isDroppable(event)) queue.droppable++;
    this.#size++;
    return dropped;
  }

  /** Removes the head of a container. Returns whether the container has more events. */
  shift(containerId: string): boolean {
    const queue = this.#containers.get(containerId);
    const event = queue?.events.shift();
    if (queue === undefined || event === undefined) return false;
    this.#size--;
    if (isDroppable(event)) queue.droppable--;
    if (queue.events.length > 0) return true;
    this.#containers.delete(containerId);
    return false;
  }

  /** Removes and returns everything. */
  clear(): readonly PendingEvent[] {
    const events = [...this.#containers.values()].flatMap((queue) => queue.events);
    this.#containers.clear();
    this.#size = 0;
    return events;
  }

  // The head may be in flight, so an event behind it is dropped.
  #dropOldest(queue: ContainerEvents): PendingEvent | undefined {
    const index = queue.events.findIndex((event, at) => at > 0 && isDroppable(event));
    const [dropped] = index === -1 ? [] : queue.events.splice(index, 1);
    if (dropped === undefined) return undefined;
    queue.droppable--;
    this.#size--;
    return dropped;
  }
}

/** Whether `event` may be dropped when too many wait. */
export function isDroppable({ topic }: Pick<PendingEvent, "topic">): boolean {
  return !required.has(topic);
}
