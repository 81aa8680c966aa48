import test from "ava";
import fc from "fast-check";
import { allErrors, lastError, parseLogRecords } from "../../src/oci/log-records.ts";

const record = fc.record({
  level: fc.constantFrom("debug", "info", "warning", "error", "fatal"),
  msg: fc.oneof(fc.string(), fc.string({ unit: "grapheme" }), fc.constant('{"a": "}\\" {{ \n}')),
});
const separator = fc.constantFrom("", "\n", "\n\n", " ", "\r\n");

test("parseLogRecords – any records, whatever is between them – come out as they went in", (t) => {
  fc.assert(
    fc.property(fc.array(fc.tuple(record, separator, fc.constantFrom(undefined, 2))), (parts) => {
      const text = parts.map(([value, between, indent]) => JSON.stringify(value, null, indent) + between).join("");
      t.deepEqual(
        parseLogRecords(text),
        parts.map(([value]) => value),
      );
    }),
  );
  t.pass();
});

test("parseLogRecords – a log cut off anywhere – all complete records", (t) => {
  fc.assert(
    fc.property(fc.array(record), fc.nat(), (records, at) => {
      const lines = records.map((value) => JSON.stringify(value));
      const text = lines.join("\n");
      const cut = text.slice(0, at % (text.length + 1));
      const complete = records.filter((_, i) => lines.slice(0, i + 1).join("\n").length <= cut.length);
      t.deepEqual(parseLogRecords(cut), complete);
    }),
  );
  t.pass();
});

test("parseLogRecords – any text – neither throws nor invents", (t) => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom("{", "}", '"', "\\", "\n", "a", ":", ",") }), (text) => {
      t.deepEqual(parseLogRecords(text), []);
    }),
  );
  t.pass();
});

test("parseLogRecords – text of a panic before a record – the record", (t) => {
  const text = 'panic: {oops "unclosed\ngoroutine 1 [running]:\nmain.f({0xc0001, 0x2\n{"level":"error","msg":"real"}\n';
  t.deepEqual(parseLogRecords(text), [{ level: "error", msg: "real" }]);
});

test("parseLogRecords – objects of another kind – skipped", (t) => {
  t.deepEqual(parseLogRecords('{"level":1,"msg":"a"}{"msg":"b"}{}{"level":"info","msg":"c","x":{"y":1}}'), [
    { level: "info", msg: "c" },
  ]);
});

test("lastError – warnings, empty messages and earlier errors – the last error, trimmed", (t) => {
  const records = [
    { level: "error", msg: "first" },
    { level: "error", msg: " second\n" },
    { level: "error", msg: "" },
    { level: "warning", msg: "noise" },
  ];
  t.is(lastError(records), "second");
  t.is(allErrors(records), "first; second");
  t.is(lastError([{ level: "info", msg: "fine" }]), undefined);
  t.is(allErrors([]), undefined);
});

test("lastError – a wrapper's fatal after the runtime's error – the runtime's", (t) => {
  const error = { level: "error", msg: "container does not exist" };
  const fatal = { level: "fatal", msg: "wrapper: runc: exit status 1" };
  t.is(lastError([error, fatal]), "container does not exist");
  t.is(lastError([fatal]), "wrapper: runc: exit status 1");
});
