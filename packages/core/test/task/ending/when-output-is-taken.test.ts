import { Code, StatusError } from "@dunnage/ttrpc";
import test from "ava";
import type { ProcessIo } from "../../../src/io/process-io.ts";
import { silentLogger } from "../../../src/log/logger.ts";
import { wire } from "../../../src/proto/gen/wire.js";
import { whenOutputIsTaken } from "../../../src/task/ending/when-output-is-taken.ts";
import { openTasks } from "../../_support/task-fixture.ts";

const { signal } = new AbortController();

/**
 * Returns streams. `unread` returns how many bytes are left each time it is called; `ended` says whether they were
 * notified of the exit.
 */
function streams(unread: () => number): { io: ProcessIo; readonly ended: boolean } {
  let ended = false;
  const io = {
    unread,
    processExited: () => {
      ended = true;
    },
  } as unknown as ProcessIo;
  return {
    io,
    get ended() {
      return ended;
    },
  };
}

const reported = (io: ProcessIo | undefined): Promise<void> =>
  new Promise((resolve) => whenOutputIsTaken(io, silentLogger, resolve));

test("exit – no streams, nothing left, or nothing known of it – is reported in the same turn", (t) => {
  for (const io of [undefined, streams(() => 0).io, { ...streams(() => 1).io, unread: undefined }]) {
    let isTold = false;
    whenOutputIsTaken(io as ProcessIo | undefined, silentLogger, () => {
      isTold = true;
    });
    t.true(isTold);
  }
});

test("exit – a slow reader – is reported when the last byte is read, the streams are notified immediately", async (t) => {
  let left = 40;
  const scene = streams(() => left--);
  const told = reported(scene.io);
  t.true(scene.ended);
  await told;
  t.is(left, -1);
});

test("exit – a reader that is away, or has never been there – is reported after a limit", async (t) => {
  await reported(streams(() => 7).io);
  let left = 20;
  await reported(streams(() => Math.max(10, left--)).io);
  t.pass();
});

const isReportedAtOnce = (io: Partial<ProcessIo>): boolean => {
  let isReported = false;
  whenOutputIsTaken({ processExited: () => {}, unread: () => 7, ...io } as ProcessIo, silentLogger, () => {
    isReported = true;
  });
  return isReported;
};

test("exit – no client has the streams open – is reported in the same turn, if clients had the time to open them", (t) => {
  const openedAt = performance.now() - 500;
  t.true(isReportedAtOnce({ openedAt, outlook: () => "abandoned" }));
  t.false(isReportedAtOnce({ openedAt, outlook: () => "expected" }));
  t.false(isReportedAtOnce({ openedAt }));
  t.false(isReportedAtOnce({ openedAt: performance.now(), outlook: () => "abandoned" }));
  t.false(isReportedAtOnce({ outlook: () => "abandoned" }));
});

test("exit – whether a client has the streams open cannot be found out – is reported after the limit", async (t) => {
  const fail = (): never => {
    throw new Error("EMFILE");
  };
  const io = { openedAt: performance.now() - 500, outlook: fail };
  t.false(isReportedAtOnce(io));
  await reported({ ...streams(() => 7).io, ...io });
});

test("exit – while its output is read – no signal goes to a pid that may be another process's by now, and execs come before init", async (t) => {
  let left = 1;
  const io = (): ProcessIo =>
    ({
      stdio: { stdin: 0, stdout: 0, stderr: 0 },
      unread: () => left,
      handedOver: () => {},
      closeStdin: () => {},
      processExited: () => {},
      drained: async () => true,
      close: () => {},
    }) satisfies ProcessIo;
  using f = openTasks({ openIo: async () => io() });
  const initPid = await f.create("c");
  await f.tasks.start("c", "", signal);
  await f.addExec("c", "e");
  const execPid = await f.tasks.start("c", "e", signal);
  f.reaper.exit(execPid, 7);
  f.reaper.exit(initPid, 137);
  await new Promise((resolve) => setImmediate(resolve));
  for (const exec_id of ["e", ""]) {
    const kill = f.tasks.kill(wire.KillRequest.create({ id: "c", exec_id, signal: 9 }), signal);
    const error = await t.throwsAsync(kill, { instanceOf: StatusError });
    t.is(error?.code, Code.NotFound);
  }
  t.false(f.runtime.calls.some((call) => call.startsWith("kill")));
  t.false(f.events.some((event) => event.startsWith("/tasks/exit")));
  left = 0;
  t.is((await f.tasks.process("c", "").wait(signal))?.exitStatus, 137);
  t.deepEqual(
    f.events.filter((event) => event.startsWith("/tasks/exit")),
    ["/tasks/exit e 7", "/tasks/exit c 137"],
  );
});
