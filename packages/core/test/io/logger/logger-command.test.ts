import { Code } from "@dunnage/ttrpc";
import test from "ava";
import { type LoggerCommand, parseLoggerCommand } from "../../../src/io/logger/logger-command.ts";
import { parseStreamUri } from "../../../src/io/schemes.ts";

function parse(text: string): LoggerCommand {
  const uri = parseStreamUri(text);
  if (uri.kind !== "logger") throw new Error(`${text} names no logger`);
  return parseLoggerCommand(uri);
}

const parses = test.macro((t, uri: string, path: string, args: readonly string[]) => {
  t.deepEqual(parse(uri), { path, args, needsReadyByte: false });
});

test("logger command – no parameters", parses, "binary:///bin/log", "/bin/log", []);
test("logger command – key, then value, in the URI's order", parses, "binary:///bin/log?b=2&a=1", "/bin/log", [
  "b",
  "2",
  "a",
  "1",
]);
test("logger command – an empty value – of a key alone", parses, "binary:///l?a&b=", "/l", ["a", "", "b", ""]);
test("logger command – the first value – of a key that comes twice", parses, "binary:///l?a=1&b=2&a=3", "/l", [
  "a",
  "1",
  "b",
  "2",
]);
test("logger command – decodes path and parameters", parses, "binary:///a%20b?k%3d=v+w%2B%26=x#end", "/a b", [
  "k=",
  "v w+&=x",
]);
test("logger command – numbers as keys keep their place", parses, "binary:///l?b=1&2=3&a=4", "/l", [
  "b",
  "1",
  "2",
  "3",
  "a",
  "4",
]);

test("logger command – binary-v2 – needs the byte", (t) => {
  t.true(parse("binary-v2:///l").needsReadyByte);
});

const refuses = test.macro((t, uri: string, why: string) => {
  const message = `malformed stdio URI ${uri}: ${why}`;
  t.like(
    t.throws(() => parse(uri)),
    { code: Code.InvalidArgument, message },
  );
});

test(
  "logger command – InvalidArgument – another host",
  refuses,
  "binary://host/l",
  "no absolute path, as in file:///path",
);
test("logger command – InvalidArgument – no path", refuses, "binary://", "no absolute path, as in file:///path");
test(
  "logger command – InvalidArgument – half an escape",
  refuses,
  "binary:///l%2",
  "percent-encoding that is no UTF-8",
);
test("logger command – InvalidArgument – no UTF-8", refuses, "binary:///l?a=%ff", "percent-encoding that is no UTF-8");
test("logger command – InvalidArgument – a NUL byte", refuses, "binary:///l?a=%00", "a NUL byte");
