import test from "ava";
import fc from "fast-check";
import { DetachKeys, defaultDetachKeys, parseDetachKeys } from "../../src/streams/detach-keys.ts";

test("parseDetachKeys – one byte per key", (t) => {
  t.deepEqual([...parseDetachKeys(defaultDetachKeys)], [16, 17]);
  t.deepEqual([...parseDetachKeys("a,ctrl-@,ctrl-[,CTRL-Z,~")], [97, 0, 27, 26, 126]);
  t.is(parseDetachKeys("").length, 0);
});

for (const text of ["ctrl-1", "ab", "ctrl-", "a,,b", "ä"]) {
  test(`parseDetachKeys – names what is no key – ${text}`, (t) => {
    t.throws(() => parseDetachKeys(text), { code: 3, message: /is no key/ } as object);
  });
}

/** Feeds chunks until the sequence is complete. */
function feedAll(keys: Buffer, chunks: readonly Buffer[]): { passed: Buffer; isComplete: boolean } {
  const detach = new DetachKeys(keys);
  const passed: Buffer[] = [];
  for (const chunk of chunks) {
    const fed = detach.feed(chunk);
    passed.push(fed.passed);
    if (fed.isComplete) return { passed: Buffer.concat(passed), isComplete: true };
  }
  return { passed: Buffer.concat(passed), isComplete: false };
}

test("DetachKeys – passes on what precedes them, and drops the keys – complete, in one chunk and in many", (t) => {
  const keys = parseDetachKeys(defaultDetachKeys);
  t.deepEqual(feedAll(keys, [Buffer.from("ab\x10\x11cd")]), { passed: Buffer.from("ab"), isComplete: true });
  t.deepEqual(feedAll(keys, [Buffer.from("a\x10"), Buffer.from("\x11")]), {
    passed: Buffer.from("a"),
    isComplete: true,
  });
});

test("DetachKeys – holds back a beginning until it is clear that it is none", (t) => {
  const detach = new DetachKeys(parseDetachKeys("ctrl-p,ctrl-q"));
  t.deepEqual(detach.feed(Buffer.from("\x10")), { passed: Buffer.alloc(0), isComplete: false });
  t.deepEqual(detach.feed(Buffer.from("x")), { passed: Buffer.from("\x10x"), isComplete: false });
});

test("DetachKeys – whatever the keys and however it is cut, it finds the first occurrence and loses nothing before it", (t) => {
  const letters = fc.array(fc.constantFrom(97, 98), { maxLength: 30 });
  const keysOf = fc.array(fc.constantFrom(97, 98), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(keysOf, letters, fc.integer({ min: 1, max: 5 }), (keyBytes, typed, size) => {
      const [keys, input] = [Buffer.from(keyBytes), Buffer.from(typed)];
      const chunks = Array.from({ length: Math.ceil(input.length / size) }, (_, i) =>
        input.subarray(i * size, (i + 1) * size),
      );
      const { passed, isComplete } = feedAll(keys, chunks);
      const at = input.indexOf(keys);
      t.is(isComplete, at >= 0);
      if (at >= 0) t.deepEqual(passed, input.subarray(0, at));
      else t.true(input.subarray(0, passed.length).equals(passed) && input.length - passed.length < keys.length);
    }),
  );
});
