import test from "ava";
import { AvaOutput } from "../../../scripts/suite/ava-output.ts";

function count(lines: readonly string[], exitCode: number | null) {
  const output = new AvaOutput();
  for (const line of lines) output.line(line);
  return output.end("packages/x", exitCode);
}

test("AvaOutput – counts passed, failed and skipped tests – by the lines of ava's reporter", (t) => {
  const lines = [
    "  - [skip] a – b – c",
    "  - [todo] later",
    "  ✔ file › one (202ms)",
    "  ✔ [expected fail] two",
    "  ✘ [fail]: three",
    "    ℹ a log line",
    "  ─",
    "  1 test failed",
  ];
  t.deepEqual(count(lines, 1), {
    passed: ["file › one", "[expected fail] two"],
    failed: ["three"],
    skipped: ["a – b – c", "later"],
  });
});

test("AvaOutput – puts its label before every title, in what it returns as well – label", (t) => {
  const output = new AvaOutput("leg › ");
  const lines = ["  ✔ file › one (1m 2.5s)", "  ✘ [fail]: two (of 3)", "    ℹ a log line"];
  t.deepEqual(
    lines.map((line) => output.line(line)),
    ["  ✔ leg › file › one (1m 2.5s)", "  ✘ [fail]: leg › two (of 3)", "    ℹ a log line"],
  );
  t.deepEqual(output.end("leg", 1), { passed: ["leg › file › one"], failed: ["leg › two (of 3)"], skipped: [] });
});

test("AvaOutput – counts what ended without a verdict as failed – time-out, exit, crash", (t) => {
  const lines = [
    "  Uncaught exception in test/a.test.ts",
    "  ✘ test/b.test.ts exited due to SIGKILL",
    "  ✘ Timed out while running tests",
    "  ◌ slow",
  ];
  t.is(count(lines, 1).failed.length, 3);
});

test("AvaOutput – reports an exit code that no line explains – as a failure", (t) => {
  t.deepEqual(count(["  ✔ one"], null).failed, ["packages/x: ava ended with null"]);
  t.deepEqual(count(["  ✘ [fail]: two"], 1).failed, ["two"]);
  t.deepEqual(
    count(["  ✘ [fail]: two"], null).failed,
    ["two", "packages/x: ava ended with null"],
    "the rest did not run",
  );
});

test("AvaOutput – what a run in the VM says at its end – is a failure", (t) => {
  const lines = ["failed: left behind by some test: mount /x", "failed: skipped without a reason in y: z"];
  t.is(count(lines, 1).failed.length, 2);
});
