import { spawn } from "node:child_process";
import { renameSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { Client, ClosedError, Code, Server } from "../../src/index.ts";
import { openGate } from "../_support/gate.ts";
import { RawPeer } from "../_support/raw-peer.ts";
import { encodeCall, none } from "../_support/request.ts";
import { openTempDir } from "../_support/temp-dir.ts";
import { openTestServer } from "../_support/test-server.ts";
import { until } from "../_support/until.ts";

const text = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? none).toString();

test("server – tells the number of connections – whenever it changes", async (t) => {
  const counts: number[] = [];
  await using setup = await openTestServer({ services: {}, onConnections: (open) => counts.push(open) });
  const first = await setup.client();
  const second = await setup.client();
  await until(() => setup.server.connections === 2, "two connections");
  first.close();
  await until(() => setup.server.connections === 1, "one connection");
  second.close();
  await until(() => setup.server.connections === 0, "no connection");
  t.deepEqual(counts, [1, 2, 1, 0]);
});

test("server – listens on an inherited descriptor – made by another process", async (t) => {
  using directory = openTempDir();
  const path = join(directory.path, "s");
  const listener = createServer();
  await new Promise<void>((resolve) => listener.listen(`${path}0`, resolve));
  renameSync(`${path}0`, path); // closing the listener would unlink its path
  const { fd } = (listener as unknown as { _handle: { fd: number } })._handle;
  const script = fileURLToPath(new URL("../_support/fd-server.ts", import.meta.url));
  const child = spawn(process.execPath, [script], { stdio: ["pipe", "ignore", "inherit", fd] });
  const exited = new Promise((resolve) => child.once("exit", resolve));
  listener.close(); // only the child may accept
  using client = await Client.connect(path);
  t.is(text(await client.call({ service: "svc", method: "Echo" }, Buffer.from("fd"))), "fd");
  child.stdin?.end();
  await exited;
  await client.closed;
});

test("server – serves a socket that was accepted elsewhere – handed over by accept", async (t) => {
  using directory = openTempDir();
  await using server = new Server({ services: { svc: { Echo: (p) => p } } });
  const listener = createServer({ allowHalfOpen: true }, (socket) => server.accept(socket));
  await new Promise<void>((resolve) => listener.listen(join(directory.path, "s"), resolve));
  using client = await Client.connect(join(directory.path, "s"));
  t.is(text(await client.call({ service: "svc", method: "Echo" }, Buffer.from("x"))), "x");
  using peer = await RawPeer.connect(join(directory.path, "s"));
  peer.socket.end(); // no half-open mode, even though this socket has one
  await peer.closed;
  listener.close();
});

test("server – listen rejects – the path is taken, or the server was closed", async (t) => {
  await using setup = await openTestServer({ services: {} });
  await t.throwsAsync(setup.server.listen({ path: setup.path }), { code: "EADDRINUSE" });
  setup.server.close();
  await t.throwsAsync(setup.server.listen({ path: `${setup.path}2` }), { message: "ttrpc: server closed" });
});

test("server – shutdown waits for calls in flight and their answers – idle connections end at once", async (t) => {
  const gate = openGate();
  const services = { svc: { Wait: gate.method, Echo: (p: Uint8Array) => p } };
  await using setup = await openTestServer({ services });
  using busy = await setup.client();
  using idle = await setup.client();
  await idle.call({ service: "svc", method: "Echo" }, none);
  const parked = busy.call({ service: "svc", method: "Wait" }, none);
  await gate.entered;
  let isDone = false;
  const done = setup.server.shutdown().then(() => {
    isDone = true;
  });
  await idle.closed;
  await t.throwsAsync(setup.client(), { code: Code.Unavailable });
  t.is(text(await busy.call({ service: "svc", method: "Echo" }, Buffer.from("still served"))), "still served");
  t.false(isDone);
  const big = Buffer.alloc(3 << 20, "x"); // more than a socket buffer holds: it must be flushed, not dropped
  gate.release(big);
  t.true(big.equals(await parked));
  await done;
  await busy.closed;
  t.is(setup.server.connections, 0);
});

test("server – shutdown from within a method – its own answer still arrives", async (t) => {
  const gate = Promise.withResolvers<void>();
  const Shutdown = () => {
    gate.resolve(server.shutdown());
    return Buffer.from("bye");
  };
  await using setup = await openTestServer({ services: { svc: { Shutdown } } });
  const { server } = setup;
  using client = await setup.client();
  t.is(text(await client.call({ service: "svc", method: "Shutdown" }, none)), "bye");
  await gate.promise;
  await client.closed;
});

test("server – shutdown turns hard when its signal aborts – a call that never ends, a peer that never reads", async (t) => {
  const gate = openGate();
  const services = { svc: { Wait: gate.method, Big: () => Buffer.alloc(3 << 20) } };
  await using setup = await openTestServer({ services });
  using client = await setup.client();
  const parked = client.call({ service: "svc", method: "Wait" }, none);
  const { signal } = await gate.entered;
  using peer = await setup.peer();
  peer.socket.pause();
  peer.send(encodeCall(1, "Big"));
  await until(() => setup.server.connections === 2, "both connected");
  const abort = new AbortController();
  const done = setup.server.shutdown(abort.signal);
  abort.abort();
  await done;
  t.true(signal.aborted);
  await t.throwsAsync(parked, { instanceOf: ClosedError });
  await setup.server.shutdown(); // again: nothing left to do
});

test("server – shutdown – requests that were read while the peer did not read are still answered", async (t) => {
  let served = 0;
  const Big = () => {
    served += 1;
    return Buffer.alloc(1 << 20);
  };
  await using setup = await openTestServer({ services: { svc: { Big } } });
  using peer = await setup.peer();
  peer.socket.pause();
  peer.send(Buffer.concat(Array.from({ length: 10 }, (_, i) => encodeCall(2 * i + 1, "Big"))));
  await until(() => served > 0, "first request served");
  const done = setup.server.shutdown();
  peer.socket.resume();
  for (let i = 0; i < 10; i++) t.is((await peer.receive())?.streamId, 2 * i + 1);
  await done;
});

test("server – shutdown with an aborted signal – is close", async (t) => {
  const gate = openGate();
  await using setup = await openTestServer({ services: { svc: { Wait: gate.method } } });
  using client = await setup.client();
  const parked = client.call({ service: "svc", method: "Wait" }, none);
  await gate.entered;
  await setup.server.shutdown(AbortSignal.abort());
  await t.throwsAsync(parked, { instanceOf: ClosedError });
});

test("server – close while listen is under way – no connection is accepted", async (t) => {
  using directory = openTempDir();
  const path = join(directory.path, "s");
  const server = new Server({ services: {} });
  const listening = server.listen({ path });
  server.close();
  await listening;
  await until(async () => (await Client.connect(path).catch((error) => error)) instanceof Error, "no server listens");
  t.is(server.connections, 0);
});

test("server – accept – a socket that is destroyed already does not count", async (t) => {
  await using server = new Server({ services: {} });
  const socket = connect("/nonexistent/socket");
  socket.destroy();
  await new Promise((resolve) => socket.once("close", resolve));
  server.accept(socket);
  t.is(server.connections, 0);
});

test("server – close – pending calls fail with ttrpc: closed", async (t) => {
  const gate = openGate();
  await using setup = await openTestServer({ services: { svc: { Wait: gate.method } } });
  using client = await setup.client();
  const parked = client.call({ service: "svc", method: "Wait" }, none);
  await gate.entered;
  setup.server.close();
  await t.throwsAsync(parked, { instanceOf: ClosedError, message: "ttrpc: closed" });
});

test("server – never started – disposes at once", async (t) => {
  const server = new Server({ services: {} });
  await server[Symbol.asyncDispose]();
  const socket = connect("/nonexistent/socket");
  server.accept(socket); // after the end: the socket is destroyed and its error is handled
  await new Promise((resolve) => socket.once("close", resolve));
  t.is(server.connections, 0);
});
