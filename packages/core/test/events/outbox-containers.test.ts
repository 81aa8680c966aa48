import { setTimeout as sleep } from "node:timers/promises";
import { Code, StatusError } from "@dunnage/ttrpc";
import test, { type ExecutionContext } from "ava";
import { maxInFlight, Outbox, type OutboxOptions } from "../../src/events/outbox.ts";
import { maxDroppable } from "../../src/events/pending-events.ts";
import type { TaskEvent } from "../../src/events/publisher.ts";
import * as events from "../../src/events/task-events.ts";
import { EventService } from "../../src/testing/containerd/event-service.ts";
import { RecordingLog } from "../_support/recording-log.ts";
import { TempDir } from "../_support/temp-dir.ts";
import { until } from "../_support/until.ts";

const never = new AbortController().signal;
const range = (n: number) => Array.from({ length: n }, (_, i) => i);
const execs = 32;
const ids = range(100).map((n) => `c${n}`);

function setUp(t: ExecutionContext, options: Partial<OutboxOptions> = {}) {
  const dir = new TempDir();
  const log = new RecordingLog();
  const service = new EventService(dir.join("events.sock"));
  const outbox = new Outbox({ address: service.path, namespace: "ns1", log, timeoutMs: 60_000, ...options });
  t.teardown(async () => {
    outbox.close();
    await service.stop();
    dir[Symbol.dispose]();
  });
  return { log, service, outbox };
}

const exit = (containerId: string, id = containerId): TaskEvent =>
  events.taskExit({ containerId, id, pid: 1, exitStatus: 0, exitedAt: new Date() });

/** Returns a container's 100 events, in order. */
function lifeOf(containerId: string): TaskEvent[] {
  const io = { stdin: "", stdout: "", stderr: "", terminal: false };
  return [
    events.taskCreate({ containerId, bundle: "/b", rootfs: [], io, checkpoint: "", pid: 1 }),
    events.taskStart({ containerId, pid: 1 }),
    ...range(execs).flatMap((n) => [
      events.taskExecAdded({ containerId, execId: `e${n}` }),
      events.taskExecStarted({ containerId, execId: `e${n}`, pid: n }),
      exit(containerId, `e${n}`),
    ]),
    exit(containerId),
    events.taskDelete({ containerId, pid: 1, exitStatus: 0, exitedAt: new Date() }),
  ];
}

const nameOf = ({ topic, id }: { readonly topic: string; readonly id: string | undefined }) => `${topic} ${id ?? ""}`;

/** Returns what containerd must see of a container. */
const expected = (containerId: string) => [
  "/tasks/create ",
  "/tasks/start ",
  ...range(execs).flatMap((n) => ["/tasks/exec-added ", "/tasks/exec-started ", `/tasks/exit e${n}`]),
  `/tasks/exit ${containerId}`,
  "/tasks/delete ",
];

/** Publishes 10,000 events of 100 containers, taking turns. */
function publishAll(outbox: Outbox): void {
  const lives = ids.map(lifeOf);
  for (const step of range(lives[0]?.length ?? 0)) {
    for (const life of lives) outbox.publish(life[step] as TaskEvent);
  }
}

/**
 * Asserts that every event of every container arrived, in order. An event whose answer was lost may be repeated
 * immediately.
 */
function assertComplete(t: ExecutionContext, service: EventService): void {
  const seen = service.byContainer();
  for (const id of ids) {
    const names = (seen.get(id) ?? []).map(nameOf);
    t.deepEqual(
      names.filter((name, at) => name !== names[at - 1]),
      expected(id),
    );
  }
}

test.serial("outbox – 10,000 events of 100 containers – each takes the service a millisecond", async (t) => {
  const { outbox, service, log } = setUp(t);
  await service.start();
  const inFlight = new Map<string, number>();
  let most = 0;
  service.behaviour = async (_topic, id) => {
    inFlight.set(id, (inFlight.get(id) ?? 0) + 1);
    most = Math.max(most, inFlight.get(id) ?? 0);
    await sleep(1);
    inFlight.set(id, (inFlight.get(id) ?? 0) - 1);
  };
  publishAll(outbox);
  await outbox.flush(never);
  assertComplete(t, service);
  t.is(service.accepted.length, 10_000);
  t.is(most, 1, "requests of one container at a time");
  t.is(service.concurrency, maxInFlight);
  t.deepEqual(log.lines, []);
});

test.serial("outbox – 10,000 events of 100 containers – containerd comes after the last", async (t) => {
  const { outbox, service, log } = setUp(t);
  publishAll(outbox);
  t.is(outbox.size, 10_000);
  await service.start();
  await outbox.flush(never);
  assertComplete(t, service);
  t.deepEqual(log.messages("error"), []);
});

test.serial(
  "outbox – 10,000 events of 100 containers – containerd dies again and again, with requests in flight",
  async (t) => {
    const { outbox, service, log } = setUp(t);
    publishAll(outbox);
    for (const round of range(4)) {
      const open = Promise.withResolvers<void>();
      const before = service.accepted.length;
      service.behaviour = () => (service.accepted.length > before + 1_000 + round ? open.promise : undefined);
      await service.start();
      const seen = service.seen.length;
      await until(() => service.seen.length > seen + 1_000 + maxInFlight);
      await service.stop();
      open.reject(new StatusError(Code.Canceled, "gone"));
    }
    service.behaviour = () => undefined;
    await service.start();
    await outbox.flush(never);
    assertComplete(t, service);
    t.deepEqual(log.messages("error"), []);
  },
);

test.serial("outbox – 10,000 events of 100 containers – every seventh answer is an error", async (t) => {
  const { outbox, service, log } = setUp(t);
  await service.start();
  const codes = [Code.Unknown, Code.Internal, Code.Unavailable, Code.FailedPrecondition];
  let requests = 0;
  service.behaviour = () => {
    if (++requests % 7 === 0) throw new StatusError(codes[requests % codes.length] as Code, "not now");
    return undefined;
  };
  publishAll(outbox);
  await outbox.flush(never);
  assertComplete(t, service);
  t.is(service.accepted.length, 10_000, "an answer is an answer: nothing is sent twice for it");
  t.deepEqual(log.messages("error"), []);
});

test.serial("outbox – other containers' events arrive – the service does not answer one container's", async (t) => {
  const { outbox, service } = setUp(t);
  await service.start();
  const gate = Promise.withResolvers<void>();
  service.behaviour = (_topic, id) => (id === "slow" ? gate.promise : undefined);
  for (const event of [...lifeOf("slow"), ...lifeOf("c")]) outbox.publish(event);
  await until(() => service.of("c").length === 100);
  t.is(service.of("slow").length, 0);
  gate.resolve();
  await outbox.flush(never);
  t.deepEqual(service.of("slow").map(nameOf), expected("slow"));
});

test.serial("outbox – only the request that is not answered is sent again – the service answers others", async (t) => {
  const { outbox, service } = setUp(t, { timeoutMs: 1_000 });
  await service.start();
  let attempts = 0;
  service.behaviour = (_topic, id) => (id === "hung" && ++attempts === 1 ? new Promise<void>(() => {}) : undefined);
  outbox.publish(exit("hung"));
  await until(() => attempts === 1);
  for (let n = 0; service.of("hung").length === 0; n++) {
    outbox.publish(exit("c", `e${n}`));
    await until(() => service.of("c").length === n + 1);
  }
  await outbox.flush(never);
  const seen = service.of("c").map(({ id }) => id);
  t.is(new Set(seen).size, seen.length);
  t.is(attempts, 2);
});

test.serial("outbox – other containers' events arrive – more containers' than are in flight get errors", async (t) => {
  const { outbox, service } = setUp(t);
  await service.start();
  let isRefusing = true;
  service.behaviour = (_topic, id) => {
    if (isRefusing && id.startsWith("bad")) throw new StatusError(Code.Internal, "not now");
    return undefined;
  };
  const bad = range(2 * maxInFlight).map((n) => `bad${n}`);
  for (const id of bad) outbox.publish(exit(id));
  for (const event of lifeOf("c")) outbox.publish(event);
  await until(() => service.of("c").length === 100);
  isRefusing = false;
  await outbox.flush(never);
  const seen = service.byContainer();
  for (const id of bad) t.is(seen.get(id)?.length, 1, id);
});

test.serial("outbox – a burst of one container's exec events – delays no exit", async (t) => {
  const { outbox, service, log } = setUp(t);
  await service.start();
  for (const n of range(5_000)) outbox.publish(events.taskExecAdded({ containerId: "busy", execId: `e${n}` }));
  outbox.publish(exit("busy"));
  outbox.publish(exit("other"));
  await outbox.flush(never);
  const order = service.accepted.map(({ topic }, at) => (topic === "/tasks/exit" ? at : -1)).filter((at) => at >= 0);
  t.true((order[0] ?? Number.NaN) <= 2, "another container's exit takes its turn");
  t.is(service.of("busy").length, maxDroppable + 1, "its own exit waits for no more than are kept");
  const dropped = 5_000 - maxDroppable;
  outbox.close();
  const errors = log.lines.filter(({ level }) => level === "error");
  t.true(errors.length < 20, "lines are bounded by time, not by events");
  t.is(errors.at(-1)?.fields["total"], dropped);
});

test.serial(
  "outbox – keeps every exit and a bounded rest – containerd is away and a container runs out of memory again and again",
  async (t) => {
    const { outbox, service, log } = setUp(t);
    for (const n of range(3_000)) {
      outbox.publish(events.taskOom("loop"));
      outbox.publish(exit(`c${n}`));
    }
    t.is(outbox.size, 3_002);
    await service.start();
    await outbox.flush(never);
    t.is(service.topics.filter((topic) => topic === "/tasks/exit").length, 3_000);
    t.is(service.of("loop").length, 2, "one that may have been on its way, one for all others");
    t.deepEqual(log.messages("error"), []);
  },
);

test.serial("outbox – an error that stays – holds the container's later events up for a time only", async (t) => {
  const { outbox, service, log } = setUp(t, { refusals: { droppable: 1, required: 3 } });
  await service.start();
  const attempts: string[] = [];
  service.behaviour = (topic) => {
    if (topic === "/tasks/start" || topic === "/tasks/oom") {
      attempts.push(topic);
      throw new StatusError(Code.Unknown, "no");
    }
    return undefined;
  };
  for (const event of [events.taskStart({ containerId: "c", pid: 1 }), events.taskOom("c"), exit("c")]) {
    outbox.publish(event);
  }
  await outbox.flush(never);
  t.deepEqual(attempts, [...range(4).map(() => "/tasks/start"), "/tasks/oom", "/tasks/oom"]);
  t.deepEqual(service.topics, ["/tasks/exit"]);
  t.is(log.messages("error")[0], "event dropped");
});
