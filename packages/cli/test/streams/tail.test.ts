import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import fc from "fast-check";
import { positionOfLastLines } from "../../src/streams/tail.ts";

const dir = mkdtempSync(join(tmpdir(), "dunnage-tail-"));
test.after.always(() => rmSync(dir, { recursive: true }));

const last = (text: string, lines: number): string => {
  const path = join(dir, "file");
  writeFileSync(path, text);
  return text.slice(positionOfLastLines(path, lines));
};

test("positionOfLastLines – as tail(1) counts", (t) => {
  t.is(last("a\nb\nc\n", 2), "b\nc\n");
  t.is(last("a\nb\nc", 2), "b\nc");
  t.is(last("a\nb\n", 9), "a\nb\n");
  t.is(last("a\nb\n", 0), "");
  t.is(last("", 3), "");
  t.is(last("\n\n\n", 1), "\n");
});

test("positionOfLastLines – the same lines as splitting the whole text – any text", (t) => {
  const text = fc.array(fc.constantFrom("a", "\n"), { maxLength: 40 }).map((parts) => parts.join(""));
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 10 }), (content, lines) => {
      t.is(last(content, lines), (content.match(/[^\n]*\n|[^\n]+$/g) ?? []).slice(-lines).join(""));
    }),
  );
});

test("positionOfLastLines – finds them across blocks – a large file", (t) => {
  const lines = Array.from({ length: 50_000 }, (_, i) => `line ${i}\n`);
  t.is(last(lines.join(""), 20_000), lines.slice(-20_000).join(""));
});
