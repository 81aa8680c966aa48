import test from "ava";
import type { OciDialect } from "../../src/oci/dialect.ts";
import { toFailure } from "../../src/oci/failure.ts";
import { type LogRecord, lastError } from "../../src/oci/log-records.ts";

const dialect: OciDialect = {
  name: "test",
  defaultBinary: "testc",
  defaultRoot: "/run/test",
  errorText: lastError,
  isAbsent: () => false,
  isStopped: () => false,
};
const logged: LogRecord[] = [{ level: "error", msg: "the cause" }];
const none: LogRecord[] = [];

const rows = [
  { exitStatus: 1, stderr: "noise", records: logged, text: "the cause", fromRuntime: true, interrupted: false },
  { exitStatus: 137, stderr: "", records: logged, text: "the cause", fromRuntime: true, interrupted: true },
  {
    exitStatus: 1,
    stderr: "said on stderr\n",
    records: none,
    text: "testc did not terminate successfully: exit status 1: said on stderr",
    fromRuntime: true,
    interrupted: false,
  },
  {
    exitStatus: 2,
    stderr: "1\n2\n3\n4\n5\n6\n7",
    records: none,
    text: "testc did not terminate successfully: exit status 2: 1\n2\n3\n4\n5",
    fromRuntime: true,
    interrupted: false,
  },
  {
    exitStatus: 2,
    stderr: "W1123 noise\npanic: runtime error: integer divide by zero\n\ngoroutine 1 [running]:\nmain.main()",
    records: none,
    text: "testc did not terminate successfully: exit status 2: panic: runtime error: integer divide by zero",
    fromRuntime: true,
    interrupted: false,
  },
  {
    exitStatus: 255,
    stderr: "",
    records: none,
    text: "testc did not terminate successfully: exit status 255",
    fromRuntime: true,
    interrupted: false,
  },
  {
    exitStatus: 128,
    stderr: "",
    records: none,
    text: "testc did not terminate successfully: exit status 128",
    fromRuntime: true,
    interrupted: false,
  },
  {
    exitStatus: 137,
    stderr: "",
    records: none,
    text: "testc did not terminate successfully: signal: SIGKILL",
    fromRuntime: false,
    interrupted: true,
  },
  {
    exitStatus: 139,
    stderr: "container does not exist",
    records: none,
    text: "testc did not terminate successfully: signal: SIGSEGV: container does not exist",
    fromRuntime: false,
    interrupted: true,
  },
] as const;

for (const { exitStatus, stderr, records, ...expected } of rows) {
  test(`toFailure – status ${exitStatus}, ${records.length} records, stderr ${JSON.stringify(stderr)}`, (t) => {
    const result = { exitStatus, stderr, stdout: "" };
    t.deepEqual(toFailure(dialect, { binary: "testc", result, records }), expected);
  });
}
