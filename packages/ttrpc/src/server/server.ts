import { createServer, type Server as Listener, type Socket } from "node:net";
import type { ServerInterceptor, Service } from "./call.ts";
import { MethodTable } from "./method-table.ts";
import { type ConnectionOwner, type Replays, ServerConnection } from "./server-connection.ts";

/** The parts of a server. */
export interface ServerOptions {
  /** By full name: `containerd.task.v2.Task`. */
  readonly services: Readonly<Record<string, Service>>;
  /** Wrap every call; the first one is the outermost. */
  readonly interceptors?: readonly ServerInterceptor[];
  /** Called for every new connection before anything is read from it. On `false` it is closed without a response. */
  readonly authorize?: (socket: Socket) => boolean;
  /** Called with the number of open connections whenever it changes. */
  readonly onConnections?: (open: number) => void;
  /**
   * Called with errors that cannot be reported to a caller, or that a method should not throw: socket errors, bytes
   * that are not ttrpc, a method's plain Error.
   */
  readonly onError?: (error: unknown) => void;
}

/** What a server listens on: a path that it creates, or a listening socket that it inherited. */
export type ListenTarget = { readonly path: string } | { readonly fd: number };

const noReplays: Replays = new Map();

/** Serves unary calls over any number of connections. Calls run concurrently; responses are sent as they are ready. */
export class Server implements AsyncDisposable {
  readonly #options: ServerOptions;
  readonly #owner: ConnectionOwner;
  readonly #listeners = new Set<Listener>();
  readonly #connections = new Set<ServerConnection>();
  readonly #ended = Promise.withResolvers<void>();
  #isStopped = false;
  #accepted = 0;

  constructor(options: ServerOptions) {
    this.#options = options;
    this.#owner = {
      methods: new MethodTable(options.services, options.interceptors ?? []),
      connectionClosed: (connection) => this.#connectionClosed(connection),
      reportError: (error) => this.#report(error),
    };
  }

  /** Number of open connections. */
  get connections(): number {
    return this.#connections.size;
  }

  /**
   * Listens; may be called for several targets. The mode of a path follows the umask: the caller restricts its
   * directory.
   * @throws the error of bind or listen (`code`: EADDRINUSE, EACCES, …), or an Error once the server is shut down.
   */
  async listen(target: ListenTarget): Promise<void> {
    if (this.#isStopped) throw new Error("ttrpc: server closed");
    const listener = createServer((socket) => this.accept(socket));
    const listening = Promise.withResolvers<void>();
    listener.once("error", listening.reject);
    listener.listen(target, () => listening.resolve());
    await listening.promise;
    listener.off("error", listening.reject);
    listener.on("error", this.#owner.reportError);
    this.#add(listener);
  }

  /**
   * Serves one connected socket; the server owns it from now on.
   * @param replays – set by a proxy that sends the requests of a dead server again, with their old stream ids.
   */
  accept(socket: Socket, replays: Replays = noReplays): void {
    socket.on("error", (error) => this.#socketError(error));
    // Nothing is read before the next turn of the event loop.
    if (this.#isStopped || !this.#isAuthorized(socket)) {
      socket.destroy();
      return;
    }
    this.#accepted += 1;
    const connection = new ServerConnection({ id: this.#accepted, socket, replays }, this.#owner);
    this.#connections.add(connection);
    this.#options.onConnections?.(this.#connections.size);
    connection.start();
  }

  /**
   * Stops accepting, lets the calls in flight finish and sends their responses, then closes. Resolves when everything
   * is closed. Requests that arrive on a connection before it is idle are still served. If `signal` aborts: `close()`.
   */
  async shutdown(signal?: AbortSignal): Promise<void> {
    const hard = () => this.close();
    signal?.addEventListener("abort", hard, { once: true });
    try {
      if (signal?.aborted) this.close();
      this.#stop();
      for (const connection of this.#connections) connection.drain();
      this.#endIfEmpty();
      await this.#ended.promise;
    } finally {
      signal?.removeEventListener("abort", hard);
    }
  }

  /** Closes everything at once. The signals of the calls in flight abort. */
  close(): void {
    this.#stop();
    for (const connection of this.#connections) connection.destroy();
    this.#endIfEmpty();
  }

  /** `close()`, then waits until everything is closed. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    await this.#ended.promise;
  }

  #add(listener: Listener): void {
    listener.on("close", () => {
      this.#listeners.delete(listener);
      this.#endIfEmpty();
    });
    this.#listeners.add(listener);
    if (this.#isStopped) listener.close();
  }

  #stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    for (const listener of this.#listeners) listener.close();
  }

  #isAuthorized(socket: Socket): boolean {
    try {
      return this.#options.authorize?.(socket) ?? true;
    } catch (error) {
      this.#owner.reportError(error);
      return false;
    }
  }

  #report(error: unknown): void {
    try {
      this.#options.onError?.(error);
    } catch {
      // A failing logger must not break the calls of other peers.
    }
  }

  #socketError(error: NodeJS.ErrnoException): void {
    // Peers leave like this: a client was killed, or closed its end while a response was on its way.
    if (error.code === "ECONNRESET" || error.code === "EPIPE") return;
    this.#owner.reportError(error);
  }

  #connectionClosed(connection: ServerConnection): void {
    if (!this.#connections.delete(connection)) return;
    this.#options.onConnections?.(this.#connections.size);
    this.#endIfEmpty();
  }

  #endIfEmpty(): void {
    if (!this.#isStopped || this.#connections.size > 0 || this.#listeners.size > 0) return;
    this.#ended.resolve();
  }
}
