import test from "ava";
import { loggerTimes } from "../../../src/io/logger/supervised-logger.ts";
import type { OpenIo } from "../../../src/io/open-io-options.ts";
import type { ProcessIo } from "../../../src/io/process-io.ts";
import { wire } from "../../../src/proto/gen/wire.js";
import type { StdioSettings } from "../../../src/task/deps.ts";
import { openTasks } from "../../_support/task-fixture.ts";

const signal = new AbortController().signal;
const streams = { whenReaderIsAway: "block", dropBufferBytes: 65_536, loggerTimes, openFilesSoftLimit: 512 } as const;
const auto: StdioSettings = { mode: "auto", drainTimeoutMs: 1000, streams };

const io: ProcessIo = {
  stdio: { stdin: 0, stdout: 0, stderr: 0 },
  handedOver: () => {},
  closeStdin: () => {},
  processExited: () => {},
  drained: async () => true,
  close: () => {},
};

/** Creates a container `c` with an exec `e`. Returns what `openIo` got for each. */
async function open(stdio: StdioSettings, terminal = false): Promise<Parameters<OpenIo>[]> {
  const calls: Parameters<OpenIo>[] = [];
  using f = openTasks({
    stdio,
    openIo: async (...args) => {
      calls.push(args);
      return io;
    },
  });
  await f.tasks.create(wire.CreateTaskRequest.create({ id: "c", bundle: f.bundle("c"), terminal }), signal);
  await f.tasks.start("c", "", signal);
  await f.addExec("c", "e");
  await f.tasks.start("c", "e", signal);
  return calls;
}

const isDirect = (calls: Parameters<OpenIo>[]): boolean[] => calls.map(([, { direct }]) => direct);

test("openProcessIo – direct – an init that is eligible, but no exec", async (t) => {
  t.deepEqual(isDirect(await open(auto)), [true, false]);
});

test("openProcessIo – pipe – a terminal", async (t) => {
  t.deepEqual(isDirect(await open(auto, true)), [false, false]);
});

test("openProcessIo – pipe – the configuration wants it", async (t) => {
  t.deepEqual(isDirect(await open({ ...auto, mode: "pipe" })), [false, false]);
});

test("openProcessIo – pipe – output may be dropped", async (t) => {
  const dropping = { ...streams, whenReaderIsAway: "drop-oldest" } as const;
  t.deepEqual(isDirect(await open({ ...auto, streams: dropping })), [false, false]);
});

test("openProcessIo – the options and dependencies of streams, nothing else of the task service", async (t) => {
  const [init, exec] = await open(auto);
  t.like(init?.[1], { ...streams, ioUid: 0, ioGid: 0, subject: { id: "c", namespace: "test" } });
  t.like(exec?.[1], { ...streams, subject: { id: "e", namespace: "test" } });
  t.deepEqual(Object.keys(init?.[2] ?? {}).toSorted(), ["libc", "log", "reaper"]);
});
