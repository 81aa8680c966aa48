import test from "ava";
import fc from "fast-check";
import { ByteRing } from "../../../src/io/copy/byte-ring.ts";

/** Each step is a chunk to push, or a number of bytes to read. */
const steps = fc.array(fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.nat({ max: 20 })), { maxLength: 60 });

test("byte ring – keeps the newest bytes, in order – counts what it drops", (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 32 }), steps, (capacity, sequence) => {
      const ring = new ByteRing(capacity);
      let model: number[] = [];
      for (const step of sequence) {
        if (typeof step === "number") {
          const part = ring.peek(step);
          t.deepEqual([...part], model.slice(0, part.length));
          t.is(part.length === 0, step === 0 || model.length === 0);
          ring.consume(part.length);
          model = model.slice(part.length);
        } else {
          const all = [...model, ...step];
          model = all.slice(-capacity);
          t.is(ring.push(Buffer.from(step)), all.length - model.length);
        }
        t.is(ring.length, model.length);
      }
    }),
  );
  t.pass();
});
