import { Code } from "../code.ts";
import { Deadline } from "../deadline.ts";
import { StatusError } from "../status-error.ts";
import { toMetadata } from "../wire/metadata.ts";
import type { Request } from "../wire/request.ts";

/** Limits and metadata of one call. */
export interface CallOptions {
  /** Timeout of the whole call; it is also sent to the server. Default: none. */
  readonly timeoutMs?: number;
  /** Abandons the call, locally only: the server is not notified, and a late response is dropped. */
  readonly signal?: AbortSignal;
  /** Keys are sent in lower case. */
  readonly metadata?: Record<string, string | readonly string[]>;
}

const maxInt64 = 2n ** 63n - 1n;

/** A call that waits for its response, or for room in the socket. */
export class PendingCall {
  /** 0 = not sent yet. */
  streamId = 0;
  readonly answer: Promise<Uint8Array>;
  readonly #service: string;
  readonly #method: string;
  readonly #payload: Uint8Array;
  readonly #options: CallOptions | undefined;
  readonly #resolvers = Promise.withResolvers<Uint8Array>();
  readonly #deadline: Deadline | undefined;
  readonly #onEnd: (call: PendingCall) => void;

  /** `onEnd` is called when the call is abandoned before a response arrived. */
  constructor(
    call: Pick<Request, "service" | "method" | "payload">,
    options: CallOptions | undefined,
    onEnd: (call: PendingCall) => void,
  ) {
    this.#service = call.service;
    this.#method = call.method;
    this.#payload = call.payload;
    this.#options = options;
    this.#onEnd = onEnd;
    this.answer = this.#resolvers.promise;
    const timeoutMs = options?.timeoutMs;
    if (timeoutMs !== undefined && timeoutMs < Infinity) this.#deadline = new Deadline(timeoutMs, this);
    options?.signal?.addEventListener("abort", this);
  }

  /** Returns the envelope, with the time that remains now. */
  toRequest(): Request {
    return {
      service: this.#service,
      method: this.#method,
      payload: this.#payload,
      timeoutNano: this.#deadline === undefined ? 0n : toNano(this.#deadline.remainingMs),
      metadata: toMetadata(this.#options?.metadata),
    };
  }

  resolve(payload: Uint8Array): void {
    this.#release();
    this.#resolvers.resolve(payload);
  }

  reject(error: StatusError): void {
    this.#release();
    this.#resolvers.reject(error);
  }

  /** Called when the deadline has passed. */
  expire(): void {
    this.#giveUp(new StatusError(Code.DeadlineExceeded, "context deadline exceeded"));
  }

  /** Called when the caller's signal aborts. This object is the listener, which saves a closure per call. */
  handleEvent(): void {
    this.#giveUp(StatusError.from(this.#options?.signal?.reason, Code.Canceled));
  }

  #giveUp(error: StatusError): void {
    this.reject(error);
    this.#onEnd(this);
  }

  #release(): void {
    this.#deadline?.cancel();
    this.#options?.signal?.removeEventListener("abort", this);
  }
}

// Zero would mean "no deadline", so a deadline that has just passed is sent as -1 (expired).
function toNano(remainingMs: number): bigint {
  const nano = BigInt(Math.round(remainingMs * 1e6)) || -1n;
  return nano > maxInt64 ? maxInt64 : nano;
}
