import { setTimeout as sleep } from "node:timers/promises";
import { Client, ClosedError, Code, StatusError } from "@dunnage/ttrpc";
import type { Logger } from "../log/logger.ts";

/** Where and how events are sent. */
export interface EventConnectionOptions {
  /** TTRPC_ADDRESS: where containerd serves its events. */
  readonly address: string;
  /** containerd namespace of every event. */
  readonly namespace: string;
  readonly log: Logger;
  /** Time for one Forward, and for one connection attempt, in ms; default 5 s, as in containerd-shim-runc-v2. */
  readonly timeoutMs?: number;
}

const defaultTimeoutMs = 5_000;
const maxBackOffMs = 1_000;

/**
 * The daemon's one connection to containerd's event service, for any number of concurrent requests. It connects at the
 * first request, and again for as long as containerd is away.
 * @see https://github.com/containerd/containerd/blob/main/api/services/ttrpc/events/v1/events.proto
 */
export class EventConnection {
  readonly #options: EventConnectionOptions;
  readonly #closing = new AbortController();
  #opening: Promise<Client> | undefined;
  #client: Client | undefined;
  #inFlight = 0;
  /** Answers so far on this connection, errors included. */
  #answers = 0;
  /** Consecutive failures to reach the service. */
  #failures = 0;

  constructor(options: EventConnectionOptions) {
    this.#options = options;
  }

  /**
   * Sends a ForwardRequest until the service answers it, over a new connection each time one is lost. If a connection
   * dies while the request is in flight, the request is sent twice.
   * @throws {StatusError} the error that the service answers; DeadlineExceeded – it answers other requests, but not
   * this one; InvalidArgument – the address is not valid; Canceled – `close` was called.
   */
  async forward(request: Uint8Array): Promise<void> {
    for (;;) {
      const client = await this.#open();
      const answersBefore = this.#answers;
      try {
        await this.#call(client, request);
        this.#answered();
        return;
      } catch (reason) {
        const error = StatusError.from(reason);
        if (this.#closing.signal.aborted) throw error;
        if (!isLoss(error, this.#answers - answersBefore)) throw this.#refused(error);
        this.#lost(client, error);
      }
    }
  }

  /** Closes the connection for good. Requests in flight fail. */
  close(): void {
    this.#closing.abort();
    this.#client?.close();
  }

  async #call(client: Client, request: Uint8Array): Promise<void> {
    const { timeoutMs = defaultTimeoutMs, namespace } = this.#options;
    const metadata = { "containerd-namespace-ttrpc": namespace };
    this.#inFlight++;
    try {
      await client.call({ service: "containerd.services.events.ttrpc.v1.Events", method: "Forward" }, request, {
        timeoutMs,
        metadata,
      });
    } finally {
      this.#inFlight--;
    }
  }

  #answered(): void {
    this.#answers++;
    if (this.#failures > 0) this.#options.log.info("events are delivered again", { attempts: this.#failures });
    this.#failures = 0;
  }

  #refused(error: StatusError): StatusError {
    if (error.code !== Code.DeadlineExceeded) this.#answered();
    return error;
  }

  /** Handles the loss of a connection, once for each connection, however many requests report it. */
  #lost(client: Client, error: StatusError): void {
    if (this.#client !== client) return;
    this.#forget(client);
    client.close();
    this.#failed(error);
  }

  #failed(error: StatusError): void {
    if (this.#failures++ === 0) this.#options.log.warn("events not delivered, retrying", { error });
  }

  #forget(client: Client): void {
    if (this.#client !== client) return;
    this.#client = undefined;
    this.#opening = undefined;
  }

  #open(): Promise<Client> {
    this.#opening ??= this.#connect();
    return this.#opening;
  }

  async #connect(): Promise<Client> {
    const { address, timeoutMs = defaultTimeoutMs } = this.#options;
    const { signal } = this.#closing;
    for (;;) {
      await this.#backOff();
      try {
        const client = await Client.connect(address, { timeoutMs, signal });
        this.#client = client;
        this.#answers = 0;
        // With no request in flight nothing was lost: the next event connects without a pause.
        void client.closed.then(() => this.#inFlight === 0 && this.#forget(client));
        return client;
      } catch (reason) {
        const error = StatusError.from(reason);
        if (signal.aborted || error.code === Code.InvalidArgument) throw error;
        this.#failed(error);
      }
    }
  }

  // The first retry is quick: a restarting containerd may be back, or the connection was merely old.
  async #backOff(): Promise<void> {
    if (this.#failures === 0) return;
    const delayMs = Math.min(maxBackOffMs, 5 * 2 ** Math.min(this.#failures, 10));
    // Closed: what follows fails as well.
    await sleep(delayMs, undefined, { ref: false, signal: this.#closing.signal }).catch(() => {});
  }
}

/** Whether the connection is lost: it has ended, or nothing at all has arrived over it since the request. */
function isLoss(error: StatusError, answersMeanwhile: number): boolean {
  return error instanceof ClosedError || (error.code === Code.DeadlineExceeded && answersMeanwhile === 0);
}
