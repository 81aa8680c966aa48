import { Code, StatusError } from "@dunnage/ttrpc";
import test, { type ExecutionContext } from "ava";
import fc from "fast-check";
import { Outbox } from "../../src/events/outbox.ts";
import type { TaskEvent } from "../../src/events/publisher.ts";
import { taskStart } from "../../src/events/task-events.ts";
import { wire } from "../../src/proto/gen/wire.js";
import { EventService } from "../../src/testing/containerd/event-service.ts";
import { RecordingLog } from "../_support/recording-log.ts";
import { TempDir } from "../_support/temp-dir.ts";
import { until } from "../_support/until.ts";

const numbered = (n: number): TaskEvent => ({ ...taskStart({ containerId: "c", pid: n }), topic: `/tasks/${n}` });
const range = (n: number) => Array.from({ length: n }, (_, i) => i);
const topicsOf = (n: number) => range(n).map((i) => `/tasks/${i}`);
/** Removes repetitions: an event whose answer was lost is sent again immediately. */
const withoutRepetitions = (topics: readonly string[]) => topics.filter((topic, i) => topic !== topics[i - 1]);
const never = new AbortController().signal;

function setUp(t: ExecutionContext, options: { timeoutMs?: number } = {}) {
  const dir = new TempDir();
  const log = new RecordingLog();
  const address = dir.join("events.sock");
  const outbox = new Outbox({ address, namespace: "ns1", log, ...options });
  t.teardown(() => {
    outbox.close();
    dir[Symbol.dispose]();
  });
  return { log, address, outbox };
}

test("outbox – delivers in order with envelope and metadata – containerd is up", async (t) => {
  const { address, outbox, log } = setUp(t);
  await using service = await EventService.start(address);
  const before = Date.now();
  for (const n of range(50)) outbox.publish(numbered(n));
  await outbox.flush(never);
  t.deepEqual(service.topics, topicsOf(50));
  t.is(service.concurrency, 1);
  t.true(service.seen.every((seen) => seen.namespace === "ns1"));
  const [first] = service.accepted;
  t.is(first?.namespace, "ns1");
  t.is(first?.event?.type_url, "containerd.events.TaskStart");
  t.is(wire.TaskStart.decode(first?.event?.value as Uint8Array).container_id, "c");
  t.true(Number(first?.timestamp?.seconds) >= Math.floor(before / 1000));
  t.is(outbox.size, 0);
  t.deepEqual(log.lines, []);
});

test("outbox – keeps the order – containerd goes away and comes back several times", async (t) => {
  const { address, outbox } = setUp(t);
  await using service = new EventService(address);
  for (const round of range(4)) {
    for (const n of range(10)) outbox.publish(numbered(round * 20 + n));
    await service.start();
    for (const n of range(10)) outbox.publish(numbered(round * 20 + 10 + n));
    await until(() => service.accepted.length > round * 20 + 3);
    await service.stop();
  }
  await service.start();
  await outbox.flush(never);
  t.deepEqual(withoutRepetitions(service.topics), topicsOf(80));
});

test("outbox – keeps the time of publish – delivery comes later", async (t) => {
  const { address, outbox } = setUp(t);
  outbox.publish(numbered(0));
  const published = Date.now();
  await new Promise((resolve) => setTimeout(resolve, 30));
  await using service = await EventService.start(address);
  await outbox.flush(never);
  const { seconds, nanos } = service.accepted[0]?.timestamp ?? {};
  t.true(Number(seconds) * 1000 + Number(nanos) / 1e6 <= published);
});

test("outbox – sends again over a new connection – containerd hangs", async (t) => {
  const { address, outbox, log } = setUp(t, { timeoutMs: 200 });
  await using service = await EventService.start(address);
  let hung = 0;
  service.behaviour = () => (hung++ < 2 ? new Promise<void>(() => {}) : undefined);
  outbox.publish(numbered(0));
  outbox.publish(numbered(1));
  await outbox.flush(never);
  t.deepEqual(withoutRepetitions(service.topics), topicsOf(2));
  t.true(service.seen.filter((seen) => seen.topic === "/tasks/0").length >= 3);
  t.is(log.messages("warn")[0], "events not delivered, retrying");
  t.deepEqual(log.messages("error"), []);
});

const refused = test.macro(async (t, code: Code, attempts: number) => {
  const { address, outbox, log } = setUp(t);
  await using service = await EventService.start(address);
  service.behaviour = (topic) => {
    if (topic === "/tasks/1") throw new StatusError(code, "no");
    return undefined;
  };
  for (const n of range(3)) outbox.publish(numbered(n));
  await outbox.flush(never);
  t.deepEqual(service.topics, ["/tasks/0", "/tasks/2"]);
  t.is(service.seen.filter((seen) => seen.topic === "/tasks/1").length, attempts);
  const errors = log.lines.filter((line) => line.level === "error");
  t.is(errors.length, 1);
  t.is(errors[0]?.fields["topic"], "/tasks/1");
});

test("outbox – drops the event with an error in the log – InvalidArgument", refused, Code.InvalidArgument, 1);
test("outbox – drops the event with an error in the log – Unimplemented", refused, Code.Unimplemented, 1);
test("outbox – gives the event up after five more attempts – Unknown", refused, Code.Unknown, 6);

test("outbox – flush ends – the signal aborts while containerd is away", async (t) => {
  const { outbox } = setUp(t);
  outbox.publish(numbered(0));
  await outbox.flush(AbortSignal.timeout(20));
  t.is(outbox.size, 1);
});

test("outbox – close logs and counts what is lost – containerd is away", async (t) => {
  const { outbox, log } = setUp(t);
  outbox.publish(numbered(0));
  outbox.publish(numbered(1));
  const flushed = outbox.flush(never);
  outbox.close();
  await flushed;
  outbox.publish(numbered(2));
  const errors = log.lines.filter((line) => line.level === "error");
  t.deepEqual(
    errors.map(({ fields: { topic, topics, total } }) => [topic ?? topics, total]),
    [
      ["/tasks/0", 1],
      [{ "/tasks/1": 1 }, 2],
      ["/tasks/2", 3],
    ],
  );
  t.is(outbox.size, 0);
});

test("outbox – drops with an error in the log – no address was given", async (t) => {
  const log = new RecordingLog();
  using outbox = new Outbox({ address: "", namespace: "ns1", log });
  outbox.publish(numbered(0));
  await outbox.flush(never);
  t.is(log.messages("error").length, 1);
});

test("outbox – loses and swaps nothing – any pattern of publishing, deaths and refusals", async (t) => {
  const step = fc.oneof(
    { weight: 5, arbitrary: fc.constant("publish" as const) },
    { weight: 1, arbitrary: fc.constant("stop" as const) },
    { weight: 1, arbitrary: fc.constant("start" as const) },
    { weight: 1, arbitrary: fc.constant("fail" as const) },
    { weight: 2, arbitrary: fc.constant("wait" as const) },
  );
  const property = fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
    using dir = new TempDir();
    using outbox = new Outbox({ address: dir.join("s"), namespace: "ns1", log: new RecordingLog() });
    await using service = new EventService(dir.join("s"));
    let isUp = false;
    let published = 0;
    let failures = 0;
    service.behaviour = () => {
      if (failures > 0 && failures-- > 0) throw new StatusError(Code.Unavailable, "later");
      return undefined;
    };
    for (const what of steps) {
      if (what === "publish") outbox.publish(numbered(published++));
      else if (what === "fail") failures++;
      else if (what === "wait") await new Promise((resolve) => setImmediate(resolve));
      else if (what === "start" && !isUp) await service.start().then(() => (isUp = true));
      else if (what === "stop" && isUp) await service.stop().then(() => (isUp = false));
    }
    if (!isUp) await service.start();
    await outbox.flush(never);
    const received = withoutRepetitions(service.topics);
    return JSON.stringify(received) === JSON.stringify(topicsOf(published));
  });
  await fc.assert(property, { numRuns: 25 });
  t.pass();
});
