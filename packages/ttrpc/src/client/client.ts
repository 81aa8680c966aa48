import type { Socket } from "node:net";
import { type DialOptions, dial } from "./address.ts";
import { ClientConnection } from "./client-connection.ts";
import type { CallOptions } from "./pending-call.ts";

/** The name of a method, such as `Create` of `containerd.task.v2.Task`. */
export interface MethodName {
  readonly service: string;
  readonly method: string;
}

/** An outgoing call. */
export interface ClientCall extends MethodName {
  readonly payload: Uint8Array;
  readonly options: CallOptions;
}

/** Wraps every call of a client; `next` sends the call or is the next interceptor. */
export type ClientInterceptor = (
  call: ClientCall,
  next: (call: ClientCall) => Promise<Uint8Array>,
) => Promise<Uint8Array>;

/** Options of a client, in addition to its socket. */
export interface ClientOptions {
  /** Wrap every call; the first one is the outermost. */
  readonly interceptors?: readonly ClientInterceptor[];
  /** Stream id of the first call, odd; for a connection that was used before. Default: 1. */
  readonly firstStreamId?: number;
}

/** Makes calls over one connection, any number concurrently. It does not reconnect. */
export class Client implements Disposable {
  /** Resolves when the connection has ended, for any reason, and every pending call has failed. */
  readonly closed: Promise<void>;
  readonly #connection: ClientConnection;
  readonly #send: (call: ClientCall) => Promise<Uint8Array>;

  /**
   * Connects to `unix://PATH`, PATH, or an abstract socket: `unix://@NAME` or NUL NAME.
   * @throws {StatusError} Unavailable – no server listens (`cause` has the errno); DeadlineExceeded, Canceled – the
   * attempt was abandoned; InvalidArgument – the address has another form.
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
      (next, interceptor) => async (call) => interceptor(call, next), // async: if it throws, the call rejects
      send,
    );
  }

  /**
   * Calls a method with an encoded request; resolves to the encoded response.
   * @throws {StatusError} the server's status; or ClosedError – the connection ended or had already ended;
   * DeadlineExceeded, Canceled – the call was abandoned; ResourceExhausted – the request or the response exceeds 4 MiB;
   * Internal – the server sent something that is not a response. Only ClosedError means that other calls are lost too.
   */
  call({ service, method }: MethodName, payload: Uint8Array, options: CallOptions = {}): Promise<Uint8Array> {
    return this.#send({ service, method, payload, options });
  }

  /** Closes at once. Pending calls fail with ClosedError. */
  close(): void {
    this.#connection.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
