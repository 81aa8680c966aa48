import test from "ava";
import fc from "fast-check";
import { parseDuration } from "../../../src/bootstrap/config/duration.ts";

const parses = test.macro((t, text: string, ms: number | undefined) => t.is(parseDuration(text), ms));
test("parseDuration – converts – milliseconds", parses, "250ms", 250);
test("parseDuration – converts – seconds", parses, "30s", 30_000);
test("parseDuration – converts – several units", parses, "1h1m1s1ms", 3_661_001);
test("parseDuration – converts – a fraction", parses, "1.5s", 1_500);
test("parseDuration – converts – zero", parses, "0s", 0);
test("parseDuration – refuses – no unit", parses, "30", undefined);
test("parseDuration – refuses – an unknown unit", parses, "1d", undefined);
test("parseDuration – refuses – a sign", parses, "-1s", undefined);
test("parseDuration – refuses – a space", parses, "1 s", undefined);
test("parseDuration – refuses – nothing", parses, "", undefined);
test("parseDuration – refuses – more than a timer can do", parses, "1000h", undefined);

test("parseDuration – is the sum of its parts – any whole numbers", (t) => {
  const part = fc.nat({ max: 59 });
  const property = fc.property(fc.record({ h: part, m: part, s: part, ms: part }), ({ h, m, s, ms }) => {
    return parseDuration(`${h}h${m}m${s}s${ms}ms`) === ((h * 60 + m) * 60 + s) * 1000 + ms;
  });
  fc.assert(property);
  t.pass();
});
