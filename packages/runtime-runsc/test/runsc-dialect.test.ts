import test from "ava";
import { parseEvents, parsePids, parseWait } from "../src/output.ts";
import { runscDialect } from "../src/runsc-dialect.ts";

const dialect = runscDialect({});

const texts = [
  ['loading container "x": file does not exist', "absent"],
  ["loading sandbox: file does not exist", "absent"],
  ['loading container "x": open /run/x_sandbox:x.state: no such file or directory', "absent"],
  ['signaling container "x": container "x" not found', "absent"],
  ["sandbox is not running", "stopped"],
  ['cannot signal container "x" in state stopped', "stopped"],
  ["failed to signal pid 9: no such process with PID 9", "stopped"],
  ['cannot signal container "x" in state created', "neither"],
  ["creating process: failed to load /bin/nope: no such file or directory", "neither"],
] as const;
for (const [text, expected] of texts) {
  test(`error text – ${text} – ${expected}`, (t) => {
    t.is(dialect.isAbsent(text), expected === "absent");
    t.is(dialect.isStopped(text), expected === "stopped");
  });
}

test("error text – of a create – every error: the last one only says that the sandbox is gone", (t) => {
  const records = [
    { level: "warning", msg: "noise" },
    { level: "error", msg: "mounting root: no such file or directory" },
    { level: "error", msg: "cannot read client sync file: EOF" },
  ];
  t.is(dialect.errorText(records), "mounting root: no such file or directory; cannot read client sync file: EOF");
});

test("error text – of a network that this runsc takes for the host's – says what helps", (t) => {
  const msg =
    'creating interfaces from net namespace "/proc/1/ns/net": cannot run with network enabled in root network namespace';
  t.regex(dialect.errorText([{ level: "error", msg }]) ?? "", /namespace \(.*network = "none".*\)$/);
});

test("output – wait, ps, events – are read", (t) => {
  t.deepEqual(parseWait('{"id":"x","exitStatus":137}\n'), { exitStatus: 137 });
  t.throws(() => parseWait('{"id":"x"}'), { instanceOf: TypeError });
  t.deepEqual(parsePids("[1,3]\n"), [1, 3]);
  t.deepEqual(parsePids("null\n"), []);
  t.throws(() => parsePids("[-1]"), { instanceOf: TypeError });
  t.deepEqual(parseEvents("{}"), { cpuNs: undefined, memoryBytes: undefined, pids: undefined });
});
