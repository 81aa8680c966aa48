import test from "ava";
import { lastErrors } from "../../../src/oci/criu/criu-call.ts";

test("lastErrors – CRIU's errors without time stamps, at most three", (t) => {
  const log = `(00.000001) Version: 4.2
(00.063398) Error (criu/util.c:1534): rlimit: Can't setup RLIMIT_NOFILE for self: Operation not permitted
(00.1) Error (criu/a.c:1): first
(00.2) fine
(00.3)      1: Error (criu/b.c:2): second
(00.4) Error (criu/c.c:3): third
(00.5) Error (criu/d.c:4): fourth
`;
  t.deepEqual(lastErrors(log), [
    "1: Error (criu/b.c:2): second",
    "Error (criu/c.c:3): third",
    "Error (criu/d.c:4): fourth",
  ]);
});

test("lastErrors – a log without an error – its last lines", (t) => {
  t.deepEqual(lastErrors("(00.1) a\n(00.2) b\n(00.3) c\n(00.4) d\n\n"), ["b", "c", "d"]);
  t.deepEqual(lastErrors(""), []);
});
