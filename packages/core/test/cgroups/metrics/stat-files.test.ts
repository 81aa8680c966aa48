import test from "ava";
import Long from "long";
import { maxUint64, parseKeyed, parseUint64 } from "../../../src/cgroups/metrics/stat-files.ts";

const value = test.macro({
  title: (_, text: string | undefined, expected: string) => `parseUint64 – ${expected} – ${JSON.stringify(text)}`,
  exec: (t, text: string | undefined, expected: string) => t.is(String(parseUint64(text)), expected),
});
for (const [text, expected] of [
  ["0\n", "0"],
  ["9007199254740991", "9007199254740991"],
  ["9007199254740993\n", "9007199254740993"],
  ["9223372036854771712", "9223372036854771712"],
  ["18446744073709551615", "18446744073709551615"],
  ["max\n", "18446744073709551615"],
  ["-1", "0"],
  ["-9223372036854775808", "0"],
  ["", "0"],
  ["many", "0"],
  ["1e20", "0"],
  ["1.5", "0"],
  [undefined, "0"],
] as const) {
  test(value, text, expected);
}

test("parseUint64 – a Long only where a number is not exact", (t) => {
  t.is(parseUint64("9007199254740991"), Number.MAX_SAFE_INTEGER);
  t.true(Long.isLong(parseUint64("9007199254740992")));
  t.is(parseUint64("max"), maxUint64);
  t.is(parseUint64("max", 0), 0);
});

test("parseKeyed – lines without a value do not count", (t) => {
  t.deepEqual(
    [...parseKeyed("a 1\n\nb\n c 2\nd 3 4\n")],
    [
      ["a", "1"],
      ["d", "3 4"],
    ],
  );
  t.is(parseKeyed(undefined).size, 0);
});
