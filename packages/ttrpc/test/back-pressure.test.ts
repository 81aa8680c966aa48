import type { Socket } from "node:net";
import test from "ava";
import { Code, encodeFrame, MessageType, StatusError } from "../src/index.ts";
import { encodeCall, none } from "./_support/request.ts";
import { openClientPair, openTestServer } from "./_support/test-server.ts";
import { until } from "./_support/until.ts";

test("server – stops reading from a peer that does not read – then answers everything, in the end", async (t) => {
  let served = 0;
  const Big = () => {
    served += 1;
    return Buffer.alloc(1 << 20, "x");
  };
  await using setup = await openTestServer({ services: { svc: { Big, Echo: (p) => p } } });
  using peer = await setup.peer();
  using other = await setup.client();
  peer.socket.pause();
  const count = 200;
  peer.send(...Array.from({ length: count }, (_, i) => encodeCall(2 * i + 1, "Big")));
  await until(() => served > 0, "first request served");
  for (let i = 0; i < 50; i++) {
    t.is((await other.call({ service: "svc", method: "Echo" }, Buffer.from("ok"))).length, 2);
  }
  t.true(served <= 3, `${served} answers of 1 MiB are held`); // not 200 MiB
  peer.socket.resume();
  for (let i = 0; i < count; i++) t.is((await peer.receive())?.length, (1 << 20) + 4);
  t.is(served, count);
});

test("server – a peer that floods with refused frames and does not read – is not read from", async (t) => {
  const sockets: Socket[] = [];
  const authorize = (socket: Socket) => sockets.push(socket) > 0;
  await using setup = await openTestServer({ services: { svc: { Echo: (p) => p } }, authorize });
  using peer = await setup.peer();
  using other = await setup.client();
  peer.socket.pause();
  const flood = Buffer.concat(Array.from({ length: 6000 }, () => Buffer.from("00000000000000020100", "hex")));
  for (let i = 0; i < 500; i++) peer.send(flood); // 30 MB, whose responses would be 200 MB
  const [flooded] = sockets as [Socket];
  await until(() => flooded.bytesRead > 0, "flood under way");
  for (let i = 0; i < 1000; i++) await other.call({ service: "svc", method: "Echo" }, none);
  t.true(flooded.bytesRead < 1_000_000, `${flooded.bytesRead} bytes of 30 MB were read`);
});

test("server – ends a connection whose peer goes away without reading – while answers are queued", async (t) => {
  let served = 0;
  const Big = () => {
    served += 1;
    return Buffer.alloc(3 << 20);
  };
  await using setup = await openTestServer({ services: { svc: { Big } } });
  const peer = await setup.peer();
  peer.socket.pause();
  peer.send(encodeCall(1, "Big"), encodeCall(3, "Big"));
  await until(() => served > 0, "first request served");
  peer.socket.destroy();
  await until(() => setup.server.connections === 0, "connection closed");
  t.deepEqual(setup.errors, []);
});

test("client – keeps calls back while the server does not read – they time out without being sent", async (t) => {
  using pair = await openClientPair();
  const { client, peer } = pair;
  peer.socket.pause();
  const payload = Buffer.alloc(1 << 20);
  const calls = Array.from({ length: 20 }, () =>
    client.call({ service: "svc", method: "M" }, payload, { timeoutMs: 300 }),
  );
  for (const call of calls) await t.throwsAsync(call, { instanceOf: StatusError, code: Code.DeadlineExceeded });
  peer.socket.resume();
  const last = client.call({ service: "svc", method: "Last" }, none);
  let sent = 0;
  let frame = await peer.receive();
  while (frame !== undefined && frame.length > 1000) {
    sent += 1;
    frame = await peer.receive();
  }
  t.true(sent >= 1 && sent < 5, `${sent} of 20 were sent`);
  peer.send(encodeFrame({ streamId: frame?.streamId ?? 0, type: MessageType.Response, flags: 0 }, none));
  t.is((await last).length, 0);
});

test("client and server – frames of one turn leave together and in order – small and large ones mixed", async (t) => {
  await using setup = await openTestServer({ services: { svc: { Echo: (p) => p } } });
  using client = await setup.client();
  const payloads = [1, 100, 300_000, 5, 60_000, 60_000, 1 << 20, 0].map((size) => Buffer.alloc(size, size % 251));
  const answers = await Promise.all(
    payloads.map((payload) => client.call({ service: "svc", method: "Echo" }, payload)),
  );
  t.true(answers.every((answer, i) => payloads[i]?.equals(answer)));
});

test("client and server – calls and answers of 1 MiB in both directions at once – no deadlock", async (t) => {
  await using setup = await openTestServer({ services: { svc: { Echo: async (p) => p } } });
  using client = await setup.client();
  const payload = Buffer.alloc(1 << 20, "y");
  const answers = await Promise.all(
    Array.from({ length: 64 }, () => client.call({ service: "svc", method: "Echo" }, payload)),
  );
  t.true(answers.every((answer) => payload.equals(answer)));
});
