import { Deadline } from "../deadline.ts";
import type { Metadata } from "../wire/metadata.ts";
import type { Request } from "../wire/request.ts";
import type { Call, Replay } from "./call.ts";

const first: Replay = { attempt: 0, ageMs: 0 };

/**
 * A call in flight. It is plain data from which a new process could restart the call (stream id, names, payload,
 * deadline).
 */
export class ServerCall implements Call {
  readonly connectionId: number;
  readonly streamId: number;
  readonly attempt: number;
  readonly service: string;
  readonly method: string;
  readonly payload: Uint8Array;
  readonly metadata: Metadata;
  readonly #deadline: Deadline | undefined;
  #abort: AbortController | undefined; // created when a method asks for the signal; most never do
  #reason: DOMException | undefined;

  constructor(ids: Pick<ServerCall, "connectionId" | "streamId">, request: Request, replay: Replay = first) {
    this.connectionId = ids.connectionId;
    this.streamId = ids.streamId;
    this.attempt = replay.attempt;
    this.service = request.service;
    this.method = request.method;
    this.payload = request.payload;
    this.metadata = request.metadata;
    const { timeoutNano } = request;
    if (timeoutNano === 0n) return;
    const leftMs = Number(timeoutNano) / 1e6 - replay.ageMs;
    if (leftMs > 0) this.#deadline = new Deadline(leftMs, this);
    else this.expire(); // the method still runs, as in Go
  }

  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      this.#abort = new AbortController();
      if (this.#reason !== undefined) this.#abort.abort(this.#reason);
    }
    return this.#abort.signal;
  }

  /** Called when the deadline has passed. */
  expire(): void {
    this.#end(new DOMException("context deadline exceeded", "TimeoutError"));
  }

  /** Called when no client waits for the response any more. */
  cancel(): void {
    this.#deadline?.cancel();
    this.#end(new DOMException("context canceled", "AbortError"));
  }

  /** Called when the method has responded. */
  finish(): void {
    this.#deadline?.cancel();
  }

  #end(reason: DOMException): void {
    this.#reason ??= reason;
    this.#abort?.abort(this.#reason);
  }
}
