import test from "ava";
import fc from "fast-check";
import {
  Code,
  decodeRequest,
  decodeResponse,
  encodeRequest,
  encodeResponse,
  maxMessageSizeBytes,
  type Request,
  StatusError,
} from "../../src/index.ts";
import { encodeRequestFrame } from "../../src/wire/request.ts";

const text = fc.string({ unit: "grapheme", maxLength: 40 });
const bytes = fc.uint8Array({ maxLength: 300 }).map((value) => Buffer.from(value));
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const metadata = fc
  .uniqueArray(fc.tuple(text.map(lower), fc.array(text, { minLength: 1, maxLength: 3 })), { selector: ([key]) => key })
  .map((entries) => new Map(entries));
const request = fc.record({ service: text, method: text, payload: bytes, timeoutNano: int64, metadata });
const detail = fc.record({ typeUrl: text, value: bytes });
const status = fc
  .record({ code: fc.integer({ min: 1, max: 16 }), message: text, details: fc.array(detail, { maxLength: 3 }) })
  .map(({ code, message, details }) => new StatusError(code as Code, message, { details }));

// Lower-casing some strings once is not enough: the result has another lower case.
function lower(value: string): string {
  return value.toLowerCase().toLowerCase();
}

/** One field of every wire type, with a number that the envelopes do not define. */
const unknownFields = Buffer.from("7a0100" + "7801" + "790102030405060708" + "7d01020304" + "7b08017c", "hex");

test("request – survives encoding and decoding – any content", (t) => {
  const property = fc.property(request, (value) => {
    t.deepEqual(decodeRequest(encodeRequest(value)), value);
  });
  t.notThrows(() => fc.assert(property));
});

test("response – survives encoding and decoding – any status and payload", (t) => {
  const property = fc.property(fc.option(status, { nil: undefined }), bytes, (expected, payload) => {
    const decoded = decodeResponse(encodeResponse({ status: expected, payload }));
    t.deepEqual(decoded.payload, payload);
    t.is(decoded.status?.code, expected?.code);
    t.is(decoded.status?.message, expected?.message);
    t.deepEqual(decoded.status?.details, expected?.details);
  });
  t.notThrows(() => fc.assert(property));
});

test("request, response – unknown fields are skipped – of every wire type, in front and behind", (t) => {
  const property = fc.property(request, status, bytes, (value, expected, payload) => {
    t.deepEqual(decodeRequest(Buffer.concat([unknownFields, encodeRequest(value), unknownFields])), value);
    const response = encodeResponse({ status: expected, payload });
    const decoded = decodeResponse(Buffer.concat([unknownFields, response, unknownFields]));
    t.is(decoded.status?.message, expected.message);
    t.deepEqual(decoded.payload, payload);
  });
  t.notThrows(() => fc.assert(property, { numRuns: 30 }));
});

test("request, response – decode or throw a StatusError – random bytes", (t) => {
  const property = fc.property(fc.uint8Array({ maxLength: 100 }), (value) => {
    for (const decode of [decodeRequest, decodeResponse]) {
      try {
        decode(value);
      } catch (error) {
        if (!StatusError.is(error)) throw error;
      }
    }
  });
  t.notThrows(() => fc.assert(property, { numRuns: 2000 }));
});

for (const [name, hex] of [
  ["a tag without a value", "0a"],
  ["a length beyond the end", "0a05616263"],
  ["a length of 2^64-1", "0affffffffffffffffff01"],
  ["field number 0", "0000"],
  ["field number 2^29", "808080801000"],
  ["a varint of eleven bytes", "20ffffffffffffffffffff01"],
  ["a varint over 64 bits", "20ffffffffffffffffff02"],
  ["wire type 6", "0e"],
  ["an end group without a start", "7c"],
  ["a group without an end", "7b0801"],
  ["groups nested 200 deep", "7b".repeat(200) + "7c".repeat(200)],
  ["a string that is not UTF-8", "0a01ff"],
  ["a metadata entry that does not parse", "2a02ffff"],
] as const) {
  test(`request – is refused – ${name}`, (t) => {
    t.throws(() => decodeRequest(Buffer.from(hex, "hex")), { instanceOf: StatusError, code: Code.InvalidArgument });
  });
}

test("request – a field of another wire type is skipped – service as a varint", (t) => {
  t.is(decodeRequest(Buffer.from("08010a0178", "hex")).service, "x");
});

test("request – the timeout keeps its sign and all bits – beyond 2^53", (t) => {
  for (const timeoutNano of [0n, 1n, -1n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)]) {
    t.is(decodeRequest(encodeRequest({ ...minimal, timeoutNano })).timeoutNano, timeoutNano);
  }
});

test("request – metadata keys are found in lower case, values keep their order – upper case on the wire", (t) => {
  const value = {
    ...minimal,
    metadata: new Map([
      ["A", ["1"]],
      ["a", ["2", "3"]],
    ]),
  };
  t.deepEqual(decodeRequest(encodeRequest(value)).metadata, new Map([["a", ["1", "2", "3"]]]));
});

test("request – a lone surrogate becomes U+FFFD – in a name", (t) => {
  t.is(decodeRequest(encodeRequest({ ...minimal, service: "a\ud800b" })).service, "a\ufffdb");
});

test("request – the limit counts the whole envelope – payload one byte too long for the names next to it", (t) => {
  const overhead = 3 + 3 + 5; // two names of one byte, tag and length of the payload
  const payload = Buffer.alloc(maxMessageSizeBytes - overhead);
  t.is(encodeRequestFrame(1, { ...minimal, payload }).length, maxMessageSizeBytes + 10);
  const error = t.throws(() => encodeRequestFrame(1, { ...minimal, payload: Buffer.alloc(payload.length + 1) }), {
    instanceOf: StatusError,
    code: Code.ResourceExhausted,
  });
  t.is(error.message, "message length 4194305 exceed maximum message size of 4194304");
});

test("response – is a success – without a status, with an empty one and with code 0 and a text", (t) => {
  for (const hex of ["12016b", "0a0012016b", "0a050800120178" + "12016b"]) {
    const { status: none, payload } = decodeResponse(Buffer.from(hex, "hex"));
    t.is(none, undefined);
    t.is(payload.toString(), "k");
  }
});

test("response – a code that gRPC does not define becomes Unknown – 99, negative", (t) => {
  for (const hex of ["0a020863", "0a0b08ffffffffffffffffff01"]) {
    t.is(decodeResponse(Buffer.from(hex, "hex")).status?.code, Code.Unknown);
  }
});

test("response – a status of code OK is not sent as success – thrown by mistake", (t) => {
  const encoded = encodeResponse({ status: new StatusError(Code.OK, "x"), payload: new Uint8Array(0) });
  t.is(decodeResponse(encoded).status?.code, Code.Unknown);
});

const minimal: Request = {
  service: "s",
  method: "m",
  payload: new Uint8Array(0),
  timeoutNano: 0n,
  metadata: new Map(),
};
