import test from "ava";
import { parseStdioUri } from "../../../src/io/uri/stdio-uri.ts";

const parses = test.macro((t, text: string, scheme: string, path: string) => {
  t.deepEqual(parseStdioUri(text), { scheme, path });
});

test("stdio uri – plain path", parses, "/run/a b%20c", "fifo", "/run/a b%20c");
test("stdio uri – empty", parses, "", "fifo", "");
test("stdio uri – fifo", parses, "fifo:///run/x", "fifo", "/run/x");
test("stdio uri – upper case scheme", parses, "FIFO:///run/x", "fifo", "/run/x");
test("stdio uri – file", parses, "file:///var/log/x?a=b", "file", "/var/log/x?a=b");
test(
  "stdio uri – composed scheme",
  parses,
  "ttrpc+unix:///run/s?streaming_id=1",
  "ttrpc+unix",
  "/run/s?streaming_id=1",
);
test("stdio uri – path that holds a scheme later", parses, "/run/file://x", "fifo", "/run/file://x");
test("stdio uri – colon without slashes is a path", parses, "a:b", "fifo", "a:b");

test("stdio uri – one slash", parses, "file:/var/log/x", "file", "/var/log/x");
