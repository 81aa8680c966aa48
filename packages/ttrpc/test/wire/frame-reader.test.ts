import test from "ava";
import fc from "fast-check";
import { Code, encodeFrame, type Frame, FrameReader, maxMessageSizeBytes, StatusError } from "../../src/index.ts";

const frameArbitrary = fc.record({
  streamId: fc.integer({ min: 0, max: 0xffffffff }),
  type: fc.integer({ min: 0, max: 255 }),
  flags: fc.integer({ min: 0, max: 255 }),
  data: fc.uint8Array({ maxLength: 300 }),
});

function readAll(reader: FrameReader): Frame[] {
  const frames: Frame[] = [];
  for (let frame = reader.next(); frame !== undefined; frame = reader.next()) frames.push(frame);
  return frames;
}

/** Splits `bytes` at the given offsets (modulo the length). */
function split(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b);
  return places.slice(1).map((end, i) => bytes.subarray(places[i], end));
}

test("FrameReader – gives the same frames – for any split of any sequence", (t) => {
  const cuts = fc.array(fc.nat({ max: 5000 }), { maxLength: 30 });
  const property = fc.property(fc.array(frameArbitrary, { maxLength: 8 }), cuts, fc.boolean(), (frames, at, eager) => {
    const bytes = Buffer.concat(frames.map((frame) => encodeFrame(frame, frame.data)));
    const reader = new FrameReader();
    const read: Frame[] = [];
    for (const chunk of split(bytes, at)) {
      reader.push(Buffer.from(chunk));
      if (eager) read.push(...readAll(reader)); // otherwise the chunks accumulate first
    }
    read.push(...readAll(reader));
    t.deepEqual(
      read,
      frames.map(({ streamId, type, flags, data }) => ({
        length: data.length,
        streamId,
        type,
        flags,
        data: Buffer.from(data),
      })),
    );
    t.is(reader.bufferedBytes, 0);
  });
  t.notThrows(() => fc.assert(property, { numRuns: 500 }));
});

test("FrameReader – reads a message at the limit – in chunks of any size", (t) => {
  const message = Buffer.alloc(maxMessageSizeBytes, "abcdefg");
  const bytes = encodeFrame({ streamId: 1, type: 1, flags: 0 }, message);
  for (const size of [4096, 65_536, 1_000_003, bytes.length]) {
    const reader = new FrameReader();
    for (let i = 0; i < bytes.length; i += size) {
      t.is(reader.next(), undefined);
      reader.push(bytes.subarray(i, i + size));
    }
    t.true(reader.next()?.data?.equals(message));
  }
});

test("FrameReader – throws an oversize message away and continues – one byte over the limit", (t) => {
  const reader = new FrameReader();
  reader.push(Buffer.from("00400001000000250100", "hex"));
  const chunk = Buffer.alloc(65_536);
  for (let i = 0; i < 64; i++) {
    reader.push(chunk);
    t.is(reader.next(), undefined);
    t.is(reader.bufferedBytes, 0);
  }
  reader.push(Buffer.concat([Buffer.alloc(1), encodeFrame({ streamId: 39, type: 1, flags: 0 }, Buffer.from("x"))]));
  t.deepEqual(reader.next(), { length: 4_194_305, streamId: 37, type: 1, flags: 0, data: undefined });
  t.is(reader.next()?.streamId, 39);
});

test("FrameReader – holds no more than it received – a header that announces 4 MiB", (t) => {
  const reader = new FrameReader();
  reader.push(Buffer.from("00400000000000010100ff", "hex"));
  const before = process.memoryUsage().arrayBuffers;
  t.is(reader.next(), undefined);
  t.is(reader.bufferedBytes, 1);
  t.true(process.memoryUsage().arrayBuffers - before < 1 << 20);
});

test("FrameReader – reads a message that comes byte by byte – 200,000 of them", (t) => {
  const reader = new FrameReader();
  const bytes = encodeFrame({ streamId: 1, type: 1, flags: 0 }, Buffer.alloc(200_000, 7));
  for (const byte of bytes.subarray(0, -1)) {
    reader.push(Uint8Array.of(byte));
    t.is(reader.next(), undefined);
  }
  reader.push(Uint8Array.of(7));
  t.true(reader.next()?.data?.every((byte) => byte === 7));
});

for (const [name, bytes] of [
  ["HTTP", Buffer.from("GET / HTTP/1.1\r\n\r\n")],
  ["a gRPC preface", Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")],
  ["TLS", Buffer.from("160301020001000001fc", "hex")],
  ["a length of 4 GiB", Buffer.alloc(10, 0xff)],
  ["a length of 16 MiB", Buffer.from("01000000000000010100", "hex")],
] as const) {
  test(`FrameReader – refuses what cannot be ttrpc – ${name}`, (t) => {
    const whole = new FrameReader();
    whole.push(bytes);
    t.throws(() => whole.next(), { instanceOf: StatusError, code: Code.InvalidArgument });
    const single = new FrameReader();
    t.throws(
      () => {
        for (const byte of bytes) {
          single.push(Uint8Array.of(byte));
          single.next();
        }
      },
      { instanceOf: StatusError },
    );
  });
}

test("FrameReader – neither throws anything else nor holds more than it was given – random bytes", (t) => {
  const property = fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 20 }), (chunks) => {
    const reader = new FrameReader();
    let pushed = 0;
    try {
      for (const chunk of chunks) {
        reader.push(Uint8Array.from([0, ...chunk]));
        pushed += chunk.length + 1;
        readAll(reader);
        t.true(reader.bufferedBytes <= pushed);
      }
    } catch (error) {
      t.true(StatusError.is(error));
    }
  });
  t.notThrows(() => fc.assert(property));
});
