import { readFileSync } from "node:fs";
import test from "ava";
import {
  Code,
  decodeFrameHeader,
  decodeRequest,
  decodeResponse,
  encodeRequestFrame,
  encodeResponseFrame,
  FrameReader,
  headerSizeBytes,
  MessageType,
  type Service,
  StatusError,
} from "../src/index.ts";
import { encodeStringValue } from "./_support/string-value.ts";
import { openClientPair, openTestServer } from "./_support/test-server.ts";

interface FrameVector {
  readonly name: string;
  readonly hex: string;
  readonly length: number;
  readonly streamId: number;
  readonly type: number;
  readonly flags: number;
  readonly response?: { code: number; message: string; details: number; payloadBytes: number };
}

interface Vectors {
  readonly frames: FrameVector[];
  readonly serverExchanges: { name: string; send: string; receive: string | null }[];
  readonly clientExchanges: { name: string; request: string; replies: string[] }[];
}

const vectors: Vectors = JSON.parse(readFileSync(new URL("vectors.json", import.meta.url), "utf8"));

function readOne(hex: string) {
  const reader = new FrameReader();
  reader.push(Buffer.from(hex, "hex"));
  return reader.next();
}

test("vectors – header and message are cut out – every recorded frame", (t) => {
  for (const { name, hex, length, streamId, type, flags } of vectors.frames) {
    const bytes = Buffer.from(hex, "hex");
    t.deepEqual(decodeFrameHeader(bytes), { length, streamId, type, flags }, name);
    t.deepEqual(readOne(hex), { length, streamId, type, flags, data: bytes.subarray(headerSizeBytes) }, name);
  }
});

test("vectors – request decodes and encodes to the same bytes – everything a Go client sent", (t) => {
  for (const { name, request } of vectors.clientExchanges) {
    const frame = readOne(request);
    const decoded = decodeRequest(frame?.data as Buffer);
    t.is(encodeRequestFrame(frame?.streamId as number, decoded).toString("hex"), request, name);
  }
});

test("vectors – status, message, details and payload – every recorded response", (t) => {
  for (const { name, hex, response } of vectors.frames) {
    if (response === undefined) continue;
    const { status, payload } = decodeResponse(Buffer.from(hex, "hex").subarray(headerSizeBytes));
    t.is(status?.code ?? Code.OK, response.code as Code, name);
    if (response.code !== 0) t.is(status?.message, response.message, name);
    t.is(status?.details.length ?? 0, response.details, name);
    t.is(payload.length, response.payloadBytes, name);
  }
});

test("vectors – response encodes to the same bytes – everything a Go server sent", (t) => {
  const sent = vectors.serverExchanges.flatMap(({ name, receive }) => (receive === null ? [] : [{ name, receive }]));
  for (const { name, receive } of sent) {
    const frame = readOne(receive);
    const decoded = decodeResponse(frame?.data as Buffer);
    t.is(encodeResponseFrame(frame?.streamId as number, decoded).toString("hex"), receive, name);
  }
});

/** The service of the Go server when the vectors were recorded. */
const recordedService: Service = {
  Echo: (payload) => {
    if (payload[0] === 0xff) throw unmarshalError("proto: cannot parse invalid wire-format data");
    if (payload.includes(0xff)) throw unmarshalError("string field contains invalid UTF-8");
    return payload;
  },
  Plain: () => {
    throw new Error("plain failure");
  },
  Grpc: async () => {
    const detail = { typeUrl: "type.googleapis.com/google.protobuf.StringValue", value: encodeStringValue("d") };
    throw new StatusError(Code.FailedPrecondition, "bad state", { details: [detail] });
  },
  WrapGrpc: () => {
    throw new StatusError(Code.NotFound, "outer: rpc error: code = NotFound desc = inner");
  },
  Errdefs: () => Promise.reject(new Error("task x: not found")),
  ErrdefsGRPC: () => Promise.reject(new StatusError(Code.NotFound, "task x: not found")),
  OsNotExist: () => Promise.reject(new StatusError(Code.NotFound, "stat /nope: no such file or directory")),
  Nil: () => Promise.reject(new Error("ttrpc: marshal called with nil")),
  Empty: async () => new Uint8Array(0),
  WaitCtx: async (_payload, { signal }) => {
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve));
    throw signal.reason;
  },
};

function unmarshalError(why: string): StatusError {
  return new StatusError(Code.Internal, `ttrpc: error unmarshalling payload: ${why}`);
}

test("vectors – our server answers with the bytes of the Go server – one connection, in the recorded order", async (t) => {
  await using setup = await openTestServer({ services: { svc: recordedService } });
  using peer = await setup.peer();
  for (const { name, send, receive } of vectors.serverExchanges) {
    peer.send(send);
    if (receive === null) continue; // silently ignored: a response would be taken for the next exchange's
    const frame = await peer.receive();
    const expected = readOne(receive);
    if (name === "S8 garbage envelope") {
      const text = decodeResponse(frame?.data as Buffer).status?.message;
      t.true(text?.startsWith("unmarshal request error: proto: cannot parse invalid wire-format data"), text);
      continue;
    }
    t.deepEqual(frame, expected, name);
  }
});

test("vectors – our client sends the bytes of the Go client and takes the same answers – each on a fresh connection", async (t) => {
  const skipped = new Set(["C3 timeout5s", "C3b timeout-1", "C16 expired deadline"]); // their remaining time varies
  for (const { name, request, replies } of vectors.clientExchanges) {
    if (skipped.has(name)) continue;
    const frame = readOne(request);
    const { service, method, payload, metadata } = decodeRequest(frame?.data as Buffer);
    using pair = await openClientPair({ firstStreamId: frame?.streamId as number });
    const outcome = pair.client.call({ service, method }, payload, { metadata: Object.fromEntries(metadata) }).then(
      (answer) => Buffer.from(answer).toString("hex"),
      (error: StatusError) => error.code,
    );
    t.deepEqual(await pair.peer.receive(), frame, name);
    for (const reply of replies) pair.peer.send(reply);
    t.is(await outcome, expectedOutcome(replies.at(-1) as string), name);
  }
});

function expectedOutcome(reply: string): string | Code {
  const frame = readOne(reply);
  if (frame?.type !== MessageType.Response || frame.data?.[0] === 0xff) return Code.Internal;
  const { status, payload } = decodeResponse(frame.data as Buffer);
  return status?.code ?? Buffer.from(payload).toString("hex");
}
