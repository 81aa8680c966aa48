import test from "ava";
import fc from "fast-check";
import { encodeLine, encodeValue, maxValueLength } from "../../src/log/logfmt.ts";

const time = new Date("2026-01-02T03:04:05.678Z");
const head = 'time="2026-01-02T03:04:05.678Z" level=info msg="m" ';
const tail = (fields: Record<string, unknown>) =>
  encodeLine({ time, level: "info", message: "m" }, fields).slice(head.length, -1);

/** Parses a line: the inverse of the encoder. */
function parse(text: string): [string, string][] {
  const pair = /([^\s=]+)=("(?:[^"\\]|\\.)*"|[^\s"]+)(?: |\n$)/gy;
  return [...text.matchAll(pair)].map(([, key = "", value = ""]) => [
    key,
    value.startsWith('"') ? (JSON.parse(value) as string) : value,
  ]);
}

test("encodeLine – looks like logrus' text – plain fields", (t) => {
  const text = encodeLine(
    { time, level: "warning", message: "event not delivered" },
    { id: "c1", pid: 42, path: "/a/b.c" },
  );
  t.is(text, 'time="2026-01-02T03:04:05.678Z" level=warning msg="event not delivered" id=c1 pid=42 path=/a/b.c\n');
});

test("encodeLine – quotes and escapes – quotes, line ends, control characters", (t) => {
  t.is(tail({ a: 'x "y"\n\0\u0085\u2028' }), String.raw`a="x \"y\"\n\u0000\u0085\u2028"`);
});

const converts = test.macro((t, value: unknown, expected: string) => t.is(tail({ a: value }), expected));
test("encodeLine – prints the number – bigint", converts, 2n ** 64n - 1n, "a=18446744073709551615");
test("encodeLine – prints the message alone – Error", converts, new Error("no such file"), 'a="no such file"');
test("encodeLine – prints RFC 3339 – Date", converts, time, 'a="2026-01-02T03:04:05.678Z"');
test("encodeLine – says so – invalid Date", converts, new Date(Number.NaN), 'a="invalid date"');
test("encodeLine – prints JSON – object with a bigint", converts, { b: 1n }, String.raw`a="{\"b\":\"1\"}"`);
test("encodeLine – leaves the field out – undefined", converts, undefined, "");
test("encodeLine – prints null – null", converts, null, "a=null");
test("encodeLine – prints empty quotes – empty text", converts, "", 'a=""');
test("encodeLine – prints a symbol's text – symbol", converts, Symbol("s"), 'a="Symbol(s)"');

test("encodeLine – does not throw – a getter throws, an object is circular", (t) => {
  const circular: Record<string, unknown> = {};
  circular["self"] = circular;
  const fields = {
    circular,
    get bad(): never {
      throw new Error("getter");
    },
  };
  t.is(tail(fields), 'circular="!unprintable" bad="!unprintable"');
});

test("encodeLine – keeps its own fields – keys that clash or are no keys", (t) => {
  t.is(tail({ msg: 1, "a b=": 2, "": 3 }), "fields.msg=1 a_b_=2 _=3");
});

test("encodeValue – cuts – a value over the limit", (t) => {
  t.is(encodeValue("x".repeat(maxValueLength + 1)), `"${"x".repeat(maxValueLength)}…"`);
});

test("encodeLine – is one line that reads back – any text", (t) => {
  const value = fc.oneof(fc.string({ unit: "binary" }), fc.string(), fc.constantFrom('"', "\\", "\r\n", "\u2028", "="));
  const property = fc.property(value, fc.array(value, { maxLength: 5 }), (message, values) => {
    const fields = Object.fromEntries(values.map((v, i) => [`k${i}`, v]));
    const text = encodeLine({ time, level: "info", message }, fields);
    t.is(text.indexOf("\n"), text.length - 1);
    t.deepEqual(parse(text), [
      ["time", time.toISOString()],
      ["level", "info"],
      ["msg", message],
      ...Object.entries(fields),
    ]);
  });
  fc.assert(property);
});
