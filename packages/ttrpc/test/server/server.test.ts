import type { Socket } from "node:net";
import test from "ava";
import {
  type Call,
  Code,
  decodeResponse,
  encodeRequestFrame,
  type ServerInterceptor,
  StatusError,
} from "../../src/index.ts";
import { openGate } from "../_support/gate.ts";
import { encodeCall, none } from "../_support/request.ts";
import { openTestServer } from "../_support/test-server.ts";
import { until } from "../_support/until.ts";

const text = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? none).toString();

test("server – answers with what the method returns – directly or by a promise", async (t) => {
  const services = { svc: { Direct: (p: Uint8Array) => p, Later: async (p: Uint8Array) => p } };
  await using setup = await openTestServer({ services });
  using client = await setup.client();
  t.is(text(await client.call({ service: "svc", method: "Direct" }, Buffer.from("a"))), "a");
  t.is(text(await client.call({ service: "svc", method: "Later" }, Buffer.from("b"))), "b");
  t.is((await client.call({ service: "svc", method: "Later" }, none)).length, 0);
});

test("server – the method sees its call – service, method, metadata, connection", async (t) => {
  const calls: Call[] = [];
  const Note = (payload: Uint8Array, call: Call) => {
    calls.push(call);
    return payload;
  };
  await using setup = await openTestServer({ services: { "a.b.C": { Note } } });
  using first = await setup.client();
  using second = await setup.client();
  await first.call({ service: "a.b.C", method: "Note" }, none, {
    metadata: { "Containerd-Namespace-TTRPC": "k8s.io", x: ["1", "2"] },
  });
  await second.call({ service: "a.b.C", method: "Note" }, none);
  const [call, other] = calls;
  t.like(call, { service: "a.b.C", method: "Note", connectionId: 1 });
  t.deepEqual(
    call?.metadata,
    new Map([
      ["containerd-namespace-ttrpc", ["k8s.io"]],
      ["x", ["1", "2"]],
    ]),
  );
  t.is(other?.connectionId, 2);
  t.is(other?.metadata.size, 0);
});

for (const [name, thrown, code, message] of [
  ["a StatusError", new StatusError(Code.NotFound, "task x: not found"), Code.NotFound, "task x: not found"],
  ["an Error", new Error("boom"), Code.Unknown, "boom"],
  ["an AbortError", AbortSignal.abort().reason, Code.Canceled, "context canceled"],
  ["a TimeoutError", new DOMException("", "TimeoutError"), Code.DeadlineExceeded, "context deadline exceeded"],
  ["nothing at all", undefined, Code.Unknown, "undefined"],
] as const) {
  test(`server – answers with a status – the method throws or rejects with ${name}`, async (t) => {
    const Throw = () => {
      throw thrown;
    };
    await using setup = await openTestServer({ services: { svc: { Throw, Reject: () => Promise.reject(thrown) } } });
    using client = await setup.client();
    for (const method of ["Throw", "Reject"]) {
      const error = await t.throwsAsync(client.call({ service: "svc", method }, none), { instanceOf: StatusError });
      t.is(error.code, code);
      t.is(error.message, message);
    }
    t.is(setup.errors.length, code === Code.Unknown ? 2 : 0); // only unexpected errors are reported
  });
}

test("server – carries details to the client – a status with an Any", async (t) => {
  const details = [{ typeUrl: "type.googleapis.com/x.Y", value: Buffer.from([1, 2]) }];
  const Fail = () => Promise.reject(new StatusError(Code.FailedPrecondition, "x", { details }));
  await using setup = await openTestServer({ services: { svc: { Fail } } });
  using client = await setup.client();
  const error = await t.throwsAsync(client.call({ service: "svc", method: "Fail" }, none), { instanceOf: StatusError });
  t.deepEqual(error.details, details);
});

test("server – answers Internal – the method returns no bytes", async (t) => {
  const wrong = { Nothing: (() => undefined) as never, Text: (async () => "x") as never };
  await using setup = await openTestServer({ services: { svc: wrong } });
  using client = await setup.client();
  await t.throwsAsync(client.call({ service: "svc", method: "Nothing" }, none), { code: Code.Internal });
  await t.throwsAsync(client.call({ service: "svc", method: "Text" }, none), { code: Code.Internal });
});

test("server – answers Unimplemented – names of Object.prototype are no services or methods", async (t) => {
  await using setup = await openTestServer({ services: { svc: {} } });
  using client = await setup.client();
  for (const name of ["toString", "constructor", "__proto__", "hasOwnProperty"]) {
    await t.throwsAsync(client.call({ service: "svc", method: name }, none), {
      code: Code.Unimplemented,
      message: `method ${name}`,
    });
    await t.throwsAsync(client.call({ service: name, method: "x" }, none), {
      code: Code.Unimplemented,
      message: `service ${name}`,
    });
  }
});

test("server – a parked call holds up no other – answers leave as they are ready", async (t) => {
  const gate = openGate();
  await using setup = await openTestServer({ services: { svc: { Wait: gate.method, Echo: (p) => p } } });
  using client = await setup.client();
  const parked = client.call({ service: "svc", method: "Wait" }, none);
  for (let i = 0; i < 100; i++) {
    t.is(text(await client.call({ service: "svc", method: "Echo" }, Buffer.from(`${i}`))), `${i}`);
  }
  gate.release(Buffer.from("late"));
  t.is(text(await parked), "late");
});

test("server – the signal aborts at the deadline, the method decides the answer – it throws the reason or ignores it", async (t) => {
  const aborted = async ({ signal }: Call) => {
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve));
    return signal.reason as DOMException;
  };
  const Obey = async (_p: Uint8Array, call: Call) => Promise.reject(await aborted(call));
  const Ignore = async (_p: Uint8Array, call: Call) => Buffer.from((await aborted(call)).name);
  await using setup = await openTestServer({ services: { svc: { Obey, Ignore } } });
  using peer = await setup.peer();
  for (const [streamId, timeoutNano] of [
    [1, 5_000_000n],
    [5, -1n],
  ] as const) {
    for (const [i, method] of ["Obey", "Ignore"].entries()) {
      const envelope = { service: "svc", method, payload: none, timeoutNano, metadata: new Map() };
      peer.send(encodeRequestFrame(streamId + 2 * i, envelope));
      const { status, payload } = decodeResponse((await peer.receive())?.data as Buffer);
      t.is(status?.code, method === "Obey" ? Code.DeadlineExceeded : undefined);
      t.is(text(payload), method === "Obey" ? "" : "TimeoutError");
    }
  }
});

test("server – a deadline in a thousand years does not fire at once – beyond the range of a timer", async (t) => {
  const gate = openGate();
  await using setup = await openTestServer({ services: { svc: { Wait: gate.method, Echo: (p) => p } } });
  using client = await setup.client();
  const parked = client.call({ service: "svc", method: "Wait" }, none, { timeoutMs: 3e13 });
  const call = await gate.entered;
  for (let i = 0; i < 20; i++) await client.call({ service: "svc", method: "Echo" }, none);
  t.false(call.signal.aborted);
  gate.release(none);
  await parked;
});

test("server – the signal aborts when the connection ends – also by a half close, also when asked for late", async (t) => {
  for (const leave of [(s: Socket) => s.destroy(), (s: Socket) => s.end()]) {
    const early = openGate();
    const late = openGate();
    await using setup = await openTestServer({ services: { svc: { Early: early.method, Late: late.method } } });
    using peer = await setup.peer();
    peer.send(encodeCall(1, "Early"), encodeCall(3, "Late"));
    const { signal } = await early.entered;
    t.false(signal.aborted);
    const aborted = new Promise((resolve) => signal.addEventListener("abort", resolve));
    leave(peer.socket);
    await aborted;
    t.is(signal.reason.name, "AbortError");
    t.true((await late.entered).signal.aborted);
    early.release(none); // a response for which no client waits
    late.release(none);
    await until(() => setup.server.connections === 0, "connection closed");
    t.deepEqual(setup.errors, []);
  }
});

test("server – answers ResourceExhausted and keeps the connection – the response exceeds 4 MiB", async (t) => {
  const gate = openGate();
  const services = {
    svc: { Big: () => Buffer.alloc(4 << 20), Fits: () => Buffer.alloc((4 << 20) - 5), Wait: gate.method },
  };
  await using setup = await openTestServer({ services });
  using client = await setup.client();
  const parked = client.call({ service: "svc", method: "Wait" }, none);
  await t.throwsAsync(client.call({ service: "svc", method: "Big" }, none), {
    code: Code.ResourceExhausted,
    message: "message length 4194309 exceed maximum message size of 4194304",
  });
  t.is((await client.call({ service: "svc", method: "Fits" }, none)).length, (4 << 20) - 5);
  gate.release(none);
  await parked;
});

test("server – interceptors run around the method – the first one outermost, each may change, refuse or fail", async (t) => {
  const order: string[] = [];
  const outer: ServerInterceptor = async (payload, call, next) => {
    order.push(`> ${call.method}`);
    if (call.method === "Secret") throw new StatusError(Code.PermissionDenied, "no");
    const answer = await next(payload, call);
    order.push(`< ${call.method}`);
    return answer;
  };
  const inner: ServerInterceptor = (payload, call, next) => {
    order.push("inner");
    return next(Buffer.concat([payload, Buffer.from("!")]), call);
  };
  const services = { svc: { Echo: (p: Uint8Array) => p, Secret: (p: Uint8Array) => p } };
  await using setup = await openTestServer({ services, interceptors: [outer, inner] });
  using client = await setup.client();
  t.is(text(await client.call({ service: "svc", method: "Echo" }, Buffer.from("hi"))), "hi!");
  await t.throwsAsync(client.call({ service: "svc", method: "Secret" }, none), { code: Code.PermissionDenied });
  t.deepEqual(order, ["> Echo", "inner", "< Echo", "> Secret"]);
});

test("server – authorize – a refused or failing check ends the connection without a byte, others are served", async (t) => {
  let verdict: () => boolean = () => true;
  await using setup = await openTestServer({ services: { svc: { Echo: (p) => p } }, authorize: () => verdict() });
  using client = await setup.client();
  verdict = () => false;
  using refused = await setup.peer();
  refused.send(encodeCall(1, "Echo"));
  t.is(await refused.receive(), undefined);
  verdict = () => {
    throw new Error("no credentials");
  };
  using failed = await setup.peer();
  t.is(await failed.receive(), undefined);
  t.regex(String(setup.errors), /no credentials/);
  await client.call({ service: "svc", method: "Echo" }, none);
  t.is(setup.server.connections, 1);
});

test("server – does not die of its logger – onError throws", async (t) => {
  const onError = () => {
    throw new Error("disk full");
  };
  await using setup = await openTestServer({
    services: { svc: { Fail: () => Promise.reject(new Error("x")) } },
    onError,
  });
  using client = await setup.client();
  await t.throwsAsync(client.call({ service: "svc", method: "Fail" }, none), { code: Code.Unknown });
});
