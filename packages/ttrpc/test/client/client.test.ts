import { connect, createServer } from "node:net";
import test from "ava";
import {
  Client,
  type ClientInterceptor,
  ClosedError,
  Code,
  decodeRequest,
  encodeFrame,
  encodeResponseFrame,
  type Frame,
  MessageType,
  StatusError,
} from "../../src/index.ts";
import { openTempDir } from "../_support/temp-dir.ts";
import { openClientPair, openTestServer } from "../_support/test-server.ts";

const none = new Uint8Array(0);
const answer = (streamId: number, payload = "ok") =>
  encodeResponseFrame(streamId, { status: undefined, payload: Buffer.from(payload) });
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();
const idOf = (frame: Frame | undefined) => frame?.streamId as number;

test("client – sends odd, increasing ids in the order of the calls – 1,000 at once, answered backwards", async (t) => {
  using pair = await openClientPair();
  const { client, peer } = pair;
  const calls = Array.from({ length: 1000 }, (_, i) =>
    client.call({ service: "svc", method: "M" }, Buffer.from(`${i}`)),
  );
  const requests: [number, string][] = [];
  for (let i = 0; i < 1000; i++) {
    const frame = await peer.receive();
    requests.push([idOf(frame), text(decodeRequest(frame?.data as Buffer).payload)]);
  }
  t.deepEqual(
    requests,
    Array.from({ length: 1000 }, (_, i) => [2 * i + 1, `${i}`]),
  );
  for (const [streamId, payload] of requests.reverse()) peer.send(answer(streamId, payload));
  t.deepEqual(
    (await Promise.all(calls)).map(text),
    Array.from({ length: 1000 }, (_, i) => `${i}`),
  );
});

test("client – a deadline – travels with the request and fails the call locally; the late answer is dropped", async (t) => {
  using pair = await openClientPair();
  const { client, peer } = pair;
  const call = client.call({ service: "svc", method: "M" }, none, { timeoutMs: 50 });
  const frame = await peer.receive();
  const { timeoutNano } = decodeRequest(frame?.data as Buffer);
  t.true(timeoutNano > 0n && timeoutNano <= 50_000_000n, `${timeoutNano}`);
  await t.throwsAsync(call, {
    instanceOf: StatusError,
    code: Code.DeadlineExceeded,
    message: "context deadline exceeded",
  });
  peer.send(answer(idOf(frame), "late"));
  const next = client.call({ service: "svc", method: "M" }, none);
  const second = await peer.receive();
  t.is(idOf(second), 3);
  peer.send(answer(3, "good"));
  t.is(text(await next), "good");
});

test.serial(
  "client – an answer that arrives in time – is taken, though the process stood still beyond the deadline",
  async (t) => {
    using pair = await openClientPair();
    const call = pair.client.call({ service: "svc", method: "M" }, none, { timeoutMs: 50 });
    pair.peer.send(answer(1));
    const end = performance.now() + 300;
    while (performance.now() < end);
    t.is(text(await call), "ok");
  },
);

test("client – an absurd deadline – is clamped to an int64, infinity is none", async (t) => {
  using pair = await openClientPair();
  for (const [timeoutMs, expected] of [
    [1e300, 2n ** 63n - 1n],
    [Infinity, 0n],
  ] as const) {
    void pair.client.call({ service: "svc", method: "M" }, none, { timeoutMs }).catch(() => undefined);
    const frame = await pair.peer.receive();
    t.is(decodeRequest(frame?.data as Buffer).timeoutNano, expected);
  }
});

test("client – cancellation is local – Canceled at once, nothing is sent, the connection stays good", async (t) => {
  using pair = await openClientPair();
  const { client, peer } = pair;
  const abort = new AbortController();
  const call = client.call({ service: "svc", method: "M" }, none, { signal: abort.signal });
  await peer.receive();
  abort.abort();
  const error = await t.throwsAsync(call, {
    instanceOf: StatusError,
    code: Code.Canceled,
    message: "context canceled",
  });
  t.is(error.cause, abort.signal.reason);
  await t.throwsAsync(client.call({ service: "svc", method: "M" }, none, { signal: abort.signal }), {
    code: Code.Canceled,
  });
  const next = client.call({ service: "svc", method: "Next" }, none);
  const frame = await peer.receive();
  t.is(decodeRequest(frame?.data as Buffer).method, "Next"); // the aborted call was never sent
  peer.send(answer(idOf(frame)));
  t.is(text(await next), "ok");
});

test("client – cancellation by a timeout signal – DeadlineExceeded", async (t) => {
  using pair = await openClientPair();
  const call = pair.client.call({ service: "svc", method: "M" }, none, { signal: AbortSignal.timeout(10) });
  await t.throwsAsync(call, { code: Code.DeadlineExceeded });
});

test("client – leaves no listener on the caller's signal – after the answer", async (t) => {
  await using setup = await openTestServer({ services: { svc: { Echo: (p) => p } } });
  using client = await setup.client();
  const { signal } = new AbortController();
  let listeners = 0;
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (...args: unknown[]) => {
    listeners += 1;
    return Reflect.apply(addEventListener, signal, args);
  };
  signal.removeEventListener = (...args: unknown[]) => {
    listeners -= 1;
    return Reflect.apply(removeEventListener, signal, args);
  };
  await client.call({ service: "svc", method: "Echo" }, none, { signal });
  t.is(listeners, 0);
});

test("client – refuses a request over 4 MiB locally – nothing is sent, the connection stays good", async (t) => {
  using pair = await openClientPair();
  await t.throwsAsync(pair.client.call({ service: "svc", method: "M" }, Buffer.alloc(4 << 20)), {
    code: Code.ResourceExhausted,
    message: "message length 4194317 exceed maximum message size of 4194304",
  });
  const call = pair.client.call({ service: "svc", method: "M" }, none);
  pair.peer.send(answer(idOf(await pair.peer.receive())));
  t.is(text(await call), "ok");
});

test("client – a response over 4 MiB fails that call alone – it is discarded", async (t) => {
  using pair = await openClientPair();
  const { client, peer } = pair;
  const big = client.call({ service: "svc", method: "Big" }, none);
  const small = client.call({ service: "svc", method: "Small" }, none);
  await peer.receive();
  const header = Buffer.from("00400001000000010200", "hex");
  peer.send(header, Buffer.alloc(4_194_305), answer(3));
  await t.throwsAsync(big, {
    code: Code.ResourceExhausted,
    message: "message length 4194305 exceed maximum message size of 4194304",
  });
  t.is(text(await small), "ok");
});

test("client – unexpected frames fail their call or none – data, an unknown id, an unknown type, a broken envelope", async (t) => {
  using pair = await openClientPair();
  const { client, peer } = pair;
  const calls = Array.from({ length: 4 }, () => client.call({ service: "svc", method: "M" }, none));
  for (const streamId of [0, 2, 999]) peer.send(answer(streamId, "without a call"));
  peer.send(encodeFrame({ streamId: 1, type: MessageType.Data, flags: 0 }, none));
  peer.send(encodeFrame({ streamId: 3, type: 9, flags: 0 }, none));
  peer.send(encodeFrame({ streamId: 5, type: MessageType.Response, flags: 0 }, Buffer.from("ffff", "hex")));
  peer.send(answer(7));
  for (const call of calls.slice(0, 3)) await t.throwsAsync(call, { instanceOf: StatusError, code: Code.Internal });
  t.is(text((await calls[3]) as Uint8Array), "ok");
});

test("client – fails everything with ttrpc: closed – the server closes, half closes, resets, or speaks another protocol", async (t) => {
  for (const end of ["destroy", "end", "resetAndDestroy", "garbage"] as const) {
    using pair = await openClientPair();
    const { client, peer } = pair;
    const calls = [
      client.call({ service: "svc", method: "M" }, none),
      client.call({ service: "svc", method: "M" }, none),
    ];
    await peer.receive();
    if (end === "garbage") peer.send(Buffer.from("HTTP/1.1 400 Bad Request\r\n"));
    else if (end === "resetAndDestroy") peer.socket.destroy(new Error("gone"));
    else peer.socket[end]();
    for (const call of calls) await t.throwsAsync(call, { instanceOf: ClosedError, message: "ttrpc: closed" });
    await client.closed;
    await t.throwsAsync(client.call({ service: "svc", method: "M" }, none), { instanceOf: ClosedError });
  }
});

test("client – ends when the server half closes – also on a socket that allows half-open connections", async (t) => {
  using directory = openTempDir();
  const path = `${directory.path}/s`;
  const listener = createServer({ allowHalfOpen: true }, (socket) => socket.end().resume());
  await new Promise<void>((resolve) => listener.listen(path, resolve));
  using client = new Client(connect({ path, allowHalfOpen: true }));
  await t.throwsAsync(client.call({ service: "svc", method: "M" }, none), { instanceOf: ClosedError });
  await client.closed;
  listener.close();
});

test("client – close – pending calls fail, closed resolves, again is harmless", async (t) => {
  using pair = await openClientPair();
  const call = pair.client.call({ service: "svc", method: "M" }, none);
  pair.client.close();
  await t.throwsAsync(call, { instanceOf: ClosedError });
  await pair.client.closed;
  pair.client.close();
});

test("client – out of ids – that call fails with ttrpc: closed and the connection ends", async (t) => {
  using pair = await openClientPair({ firstStreamId: 0xffffffff });
  const { client, peer } = pair;
  const last = client.call({ service: "svc", method: "M" }, none);
  t.is(idOf(await peer.receive()), 0xffffffff);
  peer.send(answer(0xffffffff));
  t.is(text(await last), "ok");
  const error = await t.throwsAsync(client.call({ service: "svc", method: "M" }, none), { instanceOf: ClosedError });
  t.regex(String(error.cause), /out of stream ids/);
  await client.closed;
});

test("client – interceptors run around each call – the first one outermost, one that throws rejects", async (t) => {
  await using setup = await openTestServer({
    services: { svc: { Meta: (_p, { metadata }) => Buffer.from(JSON.stringify([...metadata])) } },
  });
  const tag: ClientInterceptor = (call, next) =>
    next({ ...call, options: { ...call.options, metadata: { ...call.options.metadata, tag: "1" } } });
  const deny: ClientInterceptor = (call, next) => {
    if (call.method === "Denied") throw new StatusError(Code.PermissionDenied, "no");
    return next(call);
  };
  using client = await setup.client({ interceptors: [tag, deny] });
  t.is(
    text(await client.call({ service: "svc", method: "Meta" }, none, { metadata: { a: "b" } })),
    '[["a",["b"]],["tag",["1"]]]',
  );
  await t.throwsAsync(client.call({ service: "svc", method: "Denied" }, none), { code: Code.PermissionDenied });
});

test("Client.connect – takes every form of address – path, unix://, abstract", async (t) => {
  using directory = openTempDir();
  const name = `dunnage-ttrpc-test-${process.pid}`;
  for (const [listen, addresses] of [
    [`${directory.path}/s`, [`${directory.path}/s`, `unix://${directory.path}/s`]],
    [`\0${name}`, [`\0${name}`, `unix://@${name}`]],
  ] as const) {
    const listener = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => listener.listen(listen, resolve));
    for (const address of addresses) {
      using client = await Client.connect(address);
      await client.closed;
    }
    listener.close();
  }
  t.pass();
});

test("Client.connect – rejects – no server, another scheme, aborted", async (t) => {
  const error = await t.throwsAsync(Client.connect("/nonexistent/s"), {
    instanceOf: StatusError,
    code: Code.Unavailable,
  });
  t.is((error.cause as NodeJS.ErrnoException).code, "ENOENT");
  for (const address of ["", "unix://", "tcp://1.2.3.4:5", "vsock://1:2"]) {
    await t.throwsAsync(Client.connect(address), { code: Code.InvalidArgument });
  }
  await t.throwsAsync(Client.connect("/x", { signal: AbortSignal.abort() }), { code: Code.Canceled });
});

test("Client.connect – a timeout that did not strike leaves the connection alone – later calls work", async (t) => {
  await using setup = await openTestServer({ services: { svc: { Echo: (p) => p } } });
  // The shortest timeout in which the machine can connect at the moment.
  for (let timeoutMs = 30; ; timeoutMs *= 4) {
    const attempt = Client.connect(setup.path, { timeoutMs });
    if (
      timeoutMs < 10_000 &&
      !(await attempt.then(
        () => true,
        () => false,
      ))
    ) {
      continue;
    }
    using client = await attempt;
    await new Promise((resolve) => setTimeout(resolve, 2 * timeoutMs));
    t.is((await client.call({ service: "svc", method: "Echo" }, none)).length, 0);
    return;
  }
});
