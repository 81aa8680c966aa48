import { Code } from "@dunnage/ttrpc";
import test from "ava";
import { parseStreamUri, schemeOf } from "../../src/io/schemes.ts";

const names = test.macro((t, text: string, expected: object) => {
  const uri = parseStreamUri(text);
  t.like(uri, expected);
  t.is(uri.text, text);
});

test("stream uri – an empty field names nothing", names, "", { kind: "none" });
test("stream uri – a plain path is a FIFO", names, "/run/x", { kind: "fifo", path: "/run/x" });
test("stream uri – fifo", names, "FIFO:///run/x", { kind: "fifo", path: "/run/x" });
test("stream uri – fifo without a path", names, "fifo://", { kind: "fifo", path: "" });
test("stream uri – file, not decoded", names, "file:///a%20b?c", { kind: "file", path: "/a%20b?c" });
test("stream uri – malformed URIs are parsed as well", names, "file://host/%zz", { kind: "file", path: "host/%zz" });
test("stream uri – binary", names, "binary:///l?a=b", { kind: "logger", needsReadyByte: false, path: "/l?a=b" });
test("stream uri – binary-v2", names, "Binary-V2:///l", { kind: "logger", needsReadyByte: true, path: "/l" });
test("stream uri – another scheme", names, "npipe:///x", { kind: "unknown", scheme: "npipe" });

test("schemes – Unimplemented – another scheme", (t) => {
  t.like(
    t.throws(() => schemeOf(parseStreamUri("npipe:///x"))),
    {
      code: Code.Unimplemented,
      message: "unknown STDIO scheme npipe in npipe:///x",
    },
  );
});

test("schemes – an empty field is opened as a path", (t) => {
  t.is(schemeOf(parseStreamUri("")), schemeOf(parseStreamUri("fifo:///x")));
});
