import test from "ava";
import { captureConsole } from "../../../src/hooks/loader/console-capture.ts";
import { RecordingLog } from "../../_support/recording-log.ts";

test.serial("captureConsole – sends every line to the log – until it is disposed", (t) => {
  const original = globalThis.console;
  const log = new RecordingLog();
  const capture = captureConsole(log);
  console.log("a %d", 1, { b: 2 });
  console.info("two\nlines");
  console.error(new Error("bad"));
  console.table([{ a: 1 }]);
  capture[Symbol.dispose]();
  t.is(globalThis.console, original);
  const texts = log.lines.filter((line) => line.level === "info").map((line) => line.fields["text"]);
  t.deepEqual(texts.slice(0, 3), ["a 1 { b: 2 }", "two", "lines"]);
  t.is(log.lines.find((line) => line.level === "warn")?.fields["text"], "Error: bad");
  t.true(log.lines.every((line) => line.message === "plugin output"));
});
