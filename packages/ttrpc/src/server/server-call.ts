import { Deadline } from "../deadline.ts";
import type { Metadata } from "../wire/metadata.ts";
import type { Request } from "../wire/request.ts";
import type { Call } from "./call.ts";

/**
 * A call in flight. It is plain data from which a new process could restart the call (stream id, names, payload,
 * deadline).
 */
export class ServerCall implements Call {
  readonly connectionId: number;
  readonly streamId: number;
  readonly service: string;
  readonly method: string;
  readonly payload: Uint8Array;
  readonly metadata: Metadata;
  readonly #deadline: Deadline | undefined;
  #abort: AbortController | undefined; // created when a method asks for the signal; most never do
  #reason: DOMException | undefined;

  constructor(connectionId: number, streamId: number, request: Request) {
    this.connectionId = connectionId;
    this.streamId = streamId;
    this.service = request.service;
    this.method = request.method;
    this.payload = request.payload;
    this.metadata = request.metadata;
    const { timeoutNano } = request;
    if (timeoutNano > 0n) this.#deadline = new Deadline(Number(timeoutNano) / 1e6, this);
    else if (timeoutNano < 0n) this.expire(); // the method still runs, as in Go
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
