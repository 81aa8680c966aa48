import { randomBytes } from "node:crypto";
import test from "ava";
import fc from "fast-check";
import { Code, decodeResponse, encodeFrame, MessageType } from "../../src/index.ts";
import type { RawPeer } from "../_support/raw-peer.ts";
import { encodeCall, none } from "../_support/request.ts";
import { openTestServer } from "../_support/test-server.ts";
import { until } from "../_support/until.ts";

async function receiveStatus(peer: RawPeer) {
  const frame = await peer.receive();
  const { status, payload } = decodeResponse(frame?.data ?? none);
  return {
    streamId: frame?.streamId,
    code: status?.code ?? Code.OK,
    message: status?.message,
    payload: payload.toString(),
  };
}

for (const [name, bytes] of [
  ["HTTP", Buffer.from("GET / HTTP/1.1\r\nHost: x\r\n\r\n")],
  ["a gRPC preface", Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\x12\x04\0\0\0\0\0")],
  ["a length of 4 GiB", Buffer.alloc(64, 0xff)],
  ["a length of 16 MiB", Buffer.from("01000000000000010100", "hex")],
  ["garbage behind a good call", Buffer.concat([encodeCall(1, "Echo"), Buffer.from("garbage...")])],
] as const) {
  test(`server – ends that connection and no other – ${name}`, async (t) => {
    await using setup = await openTestServer({ services: { svc: { Echo: (p) => p } } });
    using client = await setup.client();
    await client.call({ service: "svc", method: "Echo" }, none);
    using peer = await setup.peer();
    peer.send(bytes);
    await peer.closed;
    t.is(setup.errors.length, 1);
    t.is(Buffer.from(await client.call({ service: "svc", method: "Echo" }, Buffer.from("ok"))).toString(), "ok");
    await until(() => setup.server.connections === 1, "only the client is left");
  });
}

test("server – survives random bytes, lost connections and truncated frames – and serves another connection meanwhile", async (t) => {
  await using setup = await openTestServer({ services: { svc: { Echo: (p) => p } } });
  using client = await setup.client();
  const whole = encodeFrame({ streamId: 1, type: MessageType.Request, flags: 0 }, randomBytes(500));
  const attack = fc.oneof(
    fc.uint8Array({ maxLength: 100 }),
    fc.uint8Array({ maxLength: 100 }).map((tail) => Uint8Array.from([0, ...tail])),
    fc.nat({ max: whole.length }).map((end) => whole.subarray(0, end)),
  );
  for (const bytes of fc.sample(attack, 200)) {
    using peer = await setup.peer();
    peer.send(bytes);
    peer.socket.end();
    await peer.closed;
    t.is((await client.call({ service: "svc", method: "Echo" }, Buffer.from("ok"))).length, 2);
  }
  await until(() => setup.server.connections === 1, "only the client is left");
});

test("server – answers any sequence of well-formed frames or ignores them, and still serves – random headers", async (t) => {
  await using setup = await openTestServer({ services: { svc: { Echo: (p) => p } } });
  const header = {
    streamId: fc.integer({ min: 0, max: 50 }),
    type: fc.integer({ min: 0, max: 4 }),
    flags: fc.nat({ max: 255 }),
  };
  const data = fc.oneof(fc.uint8Array({ maxLength: 20 }), fc.constant(encodeCall(1, "Echo").subarray(10)));
  for (const frames of fc.sample(fc.array(fc.record({ ...header, data }), { maxLength: 30 }), 100)) {
    using peer = await setup.peer();
    peer.send(...frames.map((frame) => encodeFrame(frame, frame.data)), encodeCall(99, "Echo", Buffer.from("end")));
    let frame = await peer.receive();
    while (frame !== undefined && frame.streamId !== 99) frame = await peer.receive();
    t.is(decodeResponse(frame?.data ?? none).payload.toString(), "end");
  }
  t.deepEqual(setup.errors, []);
});

test("server – discards an oversize request, answers code 8 and accepts the same id again – 4 MiB < N < 16 MiB", async (t) => {
  await using setup = await openTestServer({ services: { svc: { Echo: (p) => p } } });
  using peer = await setup.peer();
  for (const size of [4_194_305, 0xffffff]) {
    const header = Buffer.from("00000000000000250100", "hex");
    header.writeUInt32BE(size, 0);
    peer.send(header, Buffer.alloc(size));
    t.like(await receiveStatus(peer), {
      streamId: 37,
      code: Code.ResourceExhausted,
      message: `message length ${size} exceed maximum message size of 4194304`,
    });
  }
  peer.send(encodeCall(37, "Echo", Buffer.from("ok")));
  t.like(await receiveStatus(peer), { streamId: 37, code: Code.OK, payload: "ok" });
});

test("server – serves a request of exactly 4 MiB – and echoes what is just as long", async (t) => {
  await using setup = await openTestServer({ services: { svc: { Size: (p) => Buffer.from(`${p.length}`) } } });
  using peer = await setup.peer();
  const overhead = 5 + 6 + 5;
  peer.send(encodeCall(1, "Size", Buffer.alloc(4_194_304 - overhead)));
  t.is((await receiveStatus(peer)).payload, `${4_194_304 - overhead}`);
});

test("server – stream ids – odd, increasing, up to 2^32-1; a refused one is used up", async (t) => {
  await using setup = await openTestServer({ services: { svc: { Echo: (p) => p } } });
  using peer = await setup.peer();
  const odd = "StreamID must be odd for client initiated streams";
  const reused = "StreamID cannot be re-used and must increment";
  for (const [streamId, method, code, message] of [
    [0, "Echo", Code.InvalidArgument, odd],
    [2, "Echo", Code.InvalidArgument, odd],
    [1, "Echo", Code.OK, undefined],
    [1, "Echo", Code.InvalidArgument, reused],
    [9, "Nope", Code.Unimplemented, "method Nope"],
    [9, "Echo", Code.InvalidArgument, reused],
    [7, "Echo", Code.InvalidArgument, reused],
    [0xffffffff, "Echo", Code.OK, undefined],
    [11, "Echo", Code.InvalidArgument, reused],
    [0xfffffffe, "Echo", Code.InvalidArgument, odd],
  ] as const) {
    peer.send(encodeCall(streamId, method));
    t.like(await receiveStatus(peer), { streamId, code, message });
  }
});

test("server – data on a running unary call – refused, the call has ended, the connection continues", async (t) => {
  const release = Promise.withResolvers<Uint8Array>();
  const entered = Promise.withResolvers<AbortSignal>();
  const Wait = (_p: Uint8Array, { signal }: { signal: AbortSignal }) => {
    entered.resolve(signal);
    return release.promise;
  };
  await using setup = await openTestServer({ services: { svc: { Wait, Echo: (p) => p } } });
  using peer = await setup.peer();
  peer.send(encodeCall(1, "Wait"));
  const signal = await entered.promise;
  for (const flags of [0, 5]) {
    peer.send(encodeFrame({ streamId: 1, type: MessageType.Data, flags }, none));
    t.like(await receiveStatus(peer), { streamId: 1, code: Code.InvalidArgument });
  }
  t.true(signal.aborted);
  release.resolve(Buffer.from("late")); // must not become a second response
  await release.promise;
  peer.send(encodeCall(3, "Echo", Buffer.from("ok")));
  t.like(await receiveStatus(peer), { streamId: 3, payload: "ok" });
});
