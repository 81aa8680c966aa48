import { Deadline } from "../deadline.ts";
import type { Metadata } from "../wire/metadata.ts";
import type { Request } from "../wire/request.ts";
import type { Call } from "./call.ts";

/**
 * A call in flight: all of it is data that a new program could start again from (stream id, names, payload, deadline).
 */
export class ServerCall implements Call {
  readonly connectionId: number;
  readonly streamId: number;
  readonly service: string;
  readonly method: string;
  readonly payload: Uint8Array;
  readonly metadata: Metadata;
  readonly #deadline: Deadline | undefined;
  #abort: AbortController | undefined; // made when somebody asks for the signal: most methods never do
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
    else if (timeoutNano < 0n) this.expire(); // the method runs all the same, as in Go
  }

  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      this.#abort = new AbortController();
      if (this.#reason !== undefined) this.#abort.abort(this.#reason);
    }
    return this.#abort.signal;
  }

  /** The deadline has passed. */
  expire(): void {
    this.#end(new DOMException("context deadline exceeded", "TimeoutError"));
  }

  /** Nobody waits for the answer any more. */
  cancel(): void {
    this.#deadline?.cancel();
    this.#end(new DOMException("context canceled", "AbortError"));
  }

  /** The answer is given. */
  finish(): void {
    this.#deadline?.cancel();
  }

  #end(reason: DOMException): void {
    this.#reason ??= reason;
    this.#abort?.abort(this.#reason);
  }
}
