import test from "ava";
import { parseSignal } from "../../src/streams/signals.ts";

test("parseSignal – a number or a name, in any case", (t) => {
  t.deepEqual(["9", "KILL", "SIGTERM", "usr1", "sigint", "34", "64"].map(parseSignal), [9, 9, 15, 10, 2, 34, 64]);
});

for (const [text, message] of [
  ["0", /unknown signal 0$/],
  ["65", /unknown signal 65/],
  ["TREM", /unknown signal TREM; did you mean `SIGTERM`\?/],
  ["", /unknown signal/],
  ["9x", /unknown signal 9x/],
] as const) {
  test(`parseSignal – refuses what is none – ${JSON.stringify(text)}`, (t) => {
    t.throws(() => parseSignal(text), { message });
  });
}
