import type { Metadata } from "../wire/metadata.ts";

/** What a proxy knows of a request that has waited, or that a server had which died before it responded. */
export interface Replay {
  /** How many servers received the request before this one. */
  readonly attempt: number;
  /** Time since the client sent the request, in ms. It counts against the client's deadline. */
  readonly ageMs: number;
}

/** One call, as a server's method sees it. */
export interface Call {
  /** Full name of the service: `containerd.task.v2.Task`. */
  readonly service: string;
  readonly method: string;
  readonly metadata: Metadata;
  /**
   * Aborted when the caller's deadline passes (`reason`: TimeoutError) or when the connection ends (`reason`:
   * AbortError). The method still decides the response: as in Go, nothing is sent until it returns or throws.
   * A caller that abandons a call is not noticed, since ttrpc has no frame for that.
   */
  readonly signal: AbortSignal;
  /** Number of the connection: a server counts its connections from 1. */
  readonly connectionId: number;
  /** 0 for a request of the client; n if n servers received the same request before and died, see `Replay`. */
  readonly attempt: number;
}

/**
 * One method of a service: encoded request in, encoded response out. An error it throws reaches the caller as a status,
 * see `StatusError.from`. `payload` is never written to again, but it may be a view on a larger chunk.
 */
export type UnaryMethod = (payload: Uint8Array, call: Call) => Uint8Array | Promise<Uint8Array>;

/** Methods by name. Only the object's own properties count. */
export type Service = Readonly<Record<string, UnaryMethod>>;

/** Wraps every method that exists; `next` is the method or the next interceptor. */
export type ServerInterceptor = (
  payload: Uint8Array,
  call: Call,
  next: UnaryMethod,
) => Uint8Array | Promise<Uint8Array>;
