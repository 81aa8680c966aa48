import type { Socket } from "node:net";
import { type DialOptions, dial } from "./address.ts";
import { ClientConnection } from "./client-connection.ts";
import type { CallOptions } from "./pending-call.ts";

/** A call on its way out. */
export interface ClientCall {
  readonly service: string;
  readonly method: string;
  readonly payload: Uint8Array;
  readonly options: CallOptions;
}

/** Runs around every call of a client; `next` sends it, or is the next interceptor. */
export type ClientInterceptor = (
  call: ClientCall,
  next: (call: ClientCall) => Promise<Uint8Array>,
) => Promise<Uint8Array>;

/** What a client may be given besides its socket. */
export interface ClientOptions {
  /** Around every call, the first one outermost. */
  readonly interceptors?: readonly ClientInterceptor[];
  /** Odd id of the first call, for a connection that was used before. Default: 1. */
  readonly firstStreamId?: number;
}

/** Makes calls over one connection, any number at a time. It does not reconnect. */
export class Client implements Disposable {
  /** Resolves when the connection has ended, for whatever reason, and every pending call has failed. */
  readonly closed: Promise<void>;
  readonly #connection: ClientConnection;
  readonly #send: (call: ClientCall) => Promise<Uint8Array>;

  /**
   * Connects to `unix://PATH`, PATH, or an abstract socket: `unix://@NAME` or NUL NAME.
   * @throws {StatusError} Unavailable – nobody listens (`cause` has the errno); DeadlineExceeded, Canceled – gave up;
   * InvalidArgument – not such an address.
   */
  static async connect(address: string, options: DialOptions & ClientOptions = {}): Promise<Client> {
    return new Client(await dial(address, options), options);
  }

  /** Takes over a connected socket. */
  constructor(socket: Socket, options: ClientOptions = {}) {
    this.#connection = new ClientConnection(socket, options.firstStreamId ?? 1);
    this.closed = this.#connection.closed;
    const send = (call: ClientCall) => this.#connection.call(call, call.options);
    this.#send = (options.interceptors ?? []).reduceRight<typeof send>(
      (next, interceptor) => async (call) => interceptor(call, next), // async: one that throws rejects
      send,
    );
  }

  /**
   * Calls a method with an encoded request; resolves to the encoded response.
   * @throws {StatusError} the server's status; or ClosedError – the connection ended or had ended; DeadlineExceeded,
   * Canceled – gave up waiting; ResourceExhausted – the request or the response is over 4 MiB; Internal – the server
   * answered something that is not a response. Only ClosedError says that other calls are lost too.
   */
  call(service: string, method: string, payload: Uint8Array, options: CallOptions = {}): Promise<Uint8Array> {
    return this.#send({ service, method, payload, options });
  }

  /** Closes at once; pending calls fail with ClosedError. */
  close(): void {
    this.#connection.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
