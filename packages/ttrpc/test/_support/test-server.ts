import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { Client, type ClientOptions, Server, type ServerOptions } from "../../src/index.ts";
import { RawPeer } from "./raw-peer.ts";
import { openTempDir } from "./temp-dir.ts";

/** A server on its own socket. */
export interface TestServer extends AsyncDisposable {
  readonly server: Server;
  readonly path: string;
  readonly errors: unknown[];
  client(options?: ClientOptions): Promise<Client>;
  peer(): Promise<RawPeer>;
}

/** Starts a server. The errors that it reports are collected in `errors`. */
export async function openTestServer(options: ServerOptions): Promise<TestServer> {
  const directory = openTempDir();
  const path = join(directory.path, "s");
  const errors: unknown[] = [];
  const server = new Server({ onError: (error) => errors.push(error), ...options });
  await server.listen({ path });
  return {
    server,
    path,
    errors,
    client: (clientOptions) => Client.connect(path, clientOptions),
    peer: () => RawPeer.connect(path),
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      directory[Symbol.dispose]();
    },
  };
}

/** One of our clients and the raw other end of its connection. */
export interface ClientPair extends Disposable {
  readonly client: Client;
  readonly peer: RawPeer;
}

/** Connects a client to a peer whose part the test plays. */
export async function openClientPair(options?: ClientOptions): Promise<ClientPair> {
  const directory = openTempDir();
  const path = join(directory.path, "s");
  const accepted = Promise.withResolvers<Socket>();
  const listener = createServer({ allowHalfOpen: true }, accepted.resolve);
  await new Promise<void>((resolve) => listener.listen(path, resolve));
  const client = await Client.connect(path, options);
  const peer = new RawPeer(await accepted.promise);
  listener.close();
  return {
    client,
    peer,
    [Symbol.dispose]: () => {
      client.close();
      peer[Symbol.dispose]();
      directory[Symbol.dispose]();
    },
  };
}
