import { setTimeout as sleep } from "node:timers/promises";
import { Client, Code, StatusError } from "@dunnage/ttrpc";
import type { Logger } from "../log/logger.ts";
import { encodeForward } from "./forward.ts";
import type { Publisher, TaskEvent } from "./publisher.ts";

/** Most events that wait, the queue of containerd-shim-runc-v2. @see containerd pkg/shim/publisher.go */
export const maxQueuedEvents = 2048;

/** Time for one Forward, and for one connection attempt. */
const forwardTimeoutMs = 5_000;
/** How often an event is sent again that containerd answers with an error that may pass. */
const maxRefusals = 5;
const maxBackOffMs = 1_000;

/** What an outbox is made of. */
export interface OutboxOptions {
  /** TTRPC_ADDRESS: where containerd serves its events. */
  readonly address: string;
  /** containerd namespace of every event. */
  readonly namespace: string;
  readonly log: Logger;
  /** Time for one Forward, in ms; default 5 s, as in containerd-shim-runc-v2. */
  readonly timeoutMs?: number;
}

interface Queued {
  readonly topic: string;
  readonly request: Uint8Array;
  refusals: number;
}

/**
 * The one ordered queue of a daemon. containerd serves the requests of a connection concurrently, so order needs that
 * only one is in flight; it is sent again, over new connections, for as long as containerd is away. An event whose
 * answer was lost is sent twice. It connects with the first event, and nothing in it keeps the process alive but `flush`.
 */
export class Outbox implements Publisher, Disposable {
  readonly #options: OutboxOptions;
  readonly #queue: Queued[] = [];
  readonly #closing = new AbortController();
  #idle: PromiseWithResolvers<void> | undefined;
  #client: Client | undefined;
  #isSending = false;
  #failures = 0;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** Events that were accepted and are neither delivered nor dropped. */
  get size(): number {
    return this.#queue.length;
  }

  publish(event: TaskEvent): void {
    if (this.#closing.signal.aborted) {
      this.#logDropped(event.topic, "the outbox is closed");
      return;
    }
    if (this.#queue.length >= maxQueuedEvents) this.#dropOldest();
    const request = encodeForward(event, { namespace: this.#options.namespace, time: new Date() });
    this.#queue.push({ topic: event.topic, request, refusals: 0 });
    if (this.#idle !== undefined) return;
    this.#idle = Promise.withResolvers();
    void this.#run(this.#idle);
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

  /** Drops what is left, each event with an error in the log. */
  close(): void {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    this.#disconnect();
    for (const { topic } of this.#queue.splice(0)) this.#logDropped(topic, "the outbox is closed");
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async #run(idle: PromiseWithResolvers<void>): Promise<void> {
    for (let head = this.#queue[0]; head !== undefined; head = this.#queue[0]) {
      this.#isSending = true;
      const done = await this.#send(head);
      this.#isSending = false;
      if (done && this.#queue[0] === head) this.#queue.shift();
    }
    this.#idle = undefined;
    idle.resolve();
  }

  /** Returns whether `event` is dealt with: delivered, or dropped. */
  async #send(event: Queued): Promise<boolean> {
    try {
      this.#client ??= await this.#connect();
      await this.#client.call("containerd.services.events.ttrpc.v1.Events", "Forward", event.request, {
        timeoutMs: this.#options.timeoutMs ?? forwardTimeoutMs,
        metadata: { "containerd-namespace-ttrpc": this.#options.namespace },
      });
      if (this.#failures > 0) this.#options.log.info("events are delivered again", { attempts: this.#failures });
      this.#failures = 0;
      return true;
    } catch (reason) {
      if (this.#closing.signal.aborted) return true;
      return await this.#failed(event, StatusError.from(reason));
    }
  }

  async #failed(event: Queued, error: StatusError): Promise<boolean> {
    const kind = kindOf(error.code);
    if (kind === "lost") this.#disconnect();
    if (kind === "refused" || (kind === "passing" && ++event.refusals > maxRefusals)) {
      this.#logDropped(event.topic, error);
      return true;
    }
    if (this.#failures++ === 0) this.#options.log.warn("event not delivered, retrying", { topic: event.topic, error });
    await this.#backOff();
    return false;
  }

  // The first retry is quick: containerd that restarts is back, or a connection was merely old.
  async #backOff(): Promise<void> {
    const delayMs = Math.min(maxBackOffMs, 5 * 2 ** Math.min(this.#failures, 10));
    const { signal } = this.#closing;
    await sleep(delayMs, undefined, { ref: false, signal }).catch(() => {}); // closed: the loop finds the queue empty
  }

  async #connect(): Promise<Client> {
    const { address, timeoutMs = forwardTimeoutMs } = this.#options;
    const client = await Client.connect(address, { timeoutMs, signal: this.#closing.signal });
    void client.closed.then(() => {
      if (this.#client === client) this.#client = undefined;
    });
    return client;
  }

  #disconnect(): void {
    this.#client?.close();
    this.#client = undefined;
  }

  // The one in flight may arrive after all: the one behind it goes.
  #dropOldest(): void {
    const [oldest] = this.#queue.splice(this.#isSending ? 1 : 0, 1);
    if (oldest !== undefined) this.#logDropped(oldest.topic, "the queue is full");
  }

  #logDropped(topic: string, error: unknown): void {
    this.#options.log.error("event dropped", { topic, error });
  }
}

/**
 * Lost: no answer, so the connection is given up and the event sent for as long as it takes. Refused: the same answer
 * would come for ever (containerd validates topic, namespace and timestamp). Passing: anything else that containerd answers.
 */
function kindOf(code: Code): "lost" | "refused" | "passing" {
  switch (code) {
    case Code.Unavailable:
    case Code.DeadlineExceeded:
    case Code.Canceled:
      return "lost";
    case Code.InvalidArgument:
    case Code.Unimplemented:
    case Code.ResourceExhausted:
      return "refused";
    default:
      return "passing";
  }
}
