import { Code, StatusError } from "@dunnage/ttrpc";
import { DroppedEvents } from "./dropped-events.ts";
import { EventConnection, type EventConnectionOptions } from "./event-connection.ts";
import { encodeForward } from "./forward.ts";
import { isDroppable, type PendingEvent, PendingEvents } from "./pending-events.ts";
import type { Publisher, TaskEvent } from "./publisher.ts";

/** Most requests in flight: as many as a daemon has containers by default, so that each can have one. */
export const maxInFlight = 64;

/** How often an event is sent again if the service answers it with a transient error. */
const defaultRefusals = { droppable: 5, required: 600 } as const;
const maxBackOffMs = 1_000;

/** Options of an outbox. */
export interface OutboxOptions extends EventConnectionOptions {
  /**
   * How often an event is sent again after transient errors, with pauses of 10 ms to 1 s in between. Default: 5 times.
   * For create, start, exit and delete it is 600 times: ten minutes, or up to an hour if each answer times out.
   */
  readonly refusals?: { readonly droppable: number; readonly required: number };
}

/**
 * Delivers all events of a daemon to containerd. containerd serves the requests of a connection concurrently, so a
 * container has only one request in flight at a time, which keeps its order. Requests of different containers share a
 * connection and do not wait for each other; containers take turns. An event is sent again, over new connections, for
 * as long as containerd is away. An event whose answer was lost is sent twice. `PendingEvents` describes what is
 * pending and its bound. The outbox connects at the first event, and only `flush` keeps the process alive.
 */
export class Outbox implements Publisher, Disposable {
  readonly #options: OutboxOptions;
  readonly #pending = new PendingEvents();
  readonly #dropped: DroppedEvents;
  readonly #connection: EventConnection;
  /** Containers whose head may be sent, in the order of their turns. */
  readonly #ready: string[] = [];
  #inFlight = 0;
  #isClosed = false;
  #idle: PromiseWithResolvers<void> | undefined;

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#dropped = new DroppedEvents(options.log);
    this.#connection = new EventConnection(options);
  }

  /** Number of events that were accepted and are neither delivered nor dropped. */
  get size(): number {
    return this.#pending.size;
  }

  publish(event: TaskEvent): void {
    const { containerId, topic } = event;
    if (this.#isClosed) {
      this.#dropped.add(event, "the outbox is closed");
      return;
    }
    const request = encodeForward(event, { namespace: this.#options.namespace, time: new Date() });
    const isFirst = this.#pending.head(containerId) === undefined;
    const dropped = this.#pending.add({ containerId, topic, request, refusals: 0 });
    if (dropped !== undefined) this.#dropped.add(dropped, "too many events of the container wait");
    this.#idle ??= Promise.withResolvers();
    if (isFirst) this.#takeTurn(containerId);
  }

  async flush(signal: AbortSignal): Promise<void> {
    if (this.#idle === undefined || signal.aborted) return;
    const aborted = Promise.withResolvers<void>();
    const abort = () => aborted.resolve();
    signal.addEventListener("abort", abort, { once: true });
    const keepAlive = setInterval(() => {}, 60_000);
    try {
      await Promise.race([this.#idle.promise, aborted.promise]);
    } finally {
      clearInterval(keepAlive);
      signal.removeEventListener("abort", abort);
    }
  }

  /** Drops what is left and logs it as errors. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#connection.close();
    for (const event of this.#pending.clear()) this.#dropped.add(event, "the outbox is closed");
    this.#dropped.flush();
    this.#becomeIdle();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #takeTurn(containerId: string): void {
    this.#ready.push(containerId);
    this.#sendReady();
  }

  #sendReady(): void {
    while (this.#inFlight < maxInFlight) {
      const containerId = this.#ready.shift();
      if (containerId === undefined) return;
      const event = this.#pending.head(containerId);
      if (event !== undefined) void this.#send(event);
    }
  }

  async #send(event: PendingEvent): Promise<void> {
    this.#inFlight++;
    const error = await this.#connection.forward(event.request).then(() => undefined, StatusError.from);
    this.#inFlight--;
    if (this.#isClosed) return;
    if (error === undefined || this.#isGivenUp(event, error)) this.#done(event, error);
    else setTimeout(() => this.#takeTurn(event.containerId), backOffMs(event.refusals)).unref();
    this.#sendReady();
  }

  /** The event is delivered, or dropped for `error`. */
  #done(event: PendingEvent, error: StatusError | undefined): void {
    if (error !== undefined) this.#dropped.add(event, error);
    if (this.#pending.shift(event.containerId)) this.#ready.push(event.containerId);
    if (this.#pending.size === 0) this.#becomeIdle();
  }

  // Later events of the container wait meanwhile, so the retries must end.
  #isGivenUp(event: PendingEvent, { code }: StatusError): boolean {
    const { droppable, required } = this.#options.refusals ?? defaultRefusals;
    event.refusals++;
    if (isRefusal(code)) return true;
    return !isAway(code) && event.refusals > (isDroppable(event) ? droppable : required);
  }

  #becomeIdle(): void {
    this.#idle?.resolve();
    this.#idle = undefined;
  }
}

const backOffMs = (refusals: number): number => Math.min(maxBackOffMs, 5 * 2 ** Math.min(refusals, 10));

/**
 * Whether the service would give the same answer for ever: containerd validates topic, namespace and timestamp, and a
 * message has a maximum size.
 */
const isRefusal = (code: Code): boolean =>
  code === Code.InvalidArgument || code === Code.Unimplemented || code === Code.ResourceExhausted;

/** Whether containerd is about to exit or is not ready: another one will accept the event. */
const isAway = (code: Code): boolean => code === Code.Unavailable || code === Code.Canceled;
