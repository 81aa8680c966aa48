import test from "ava";
import * as events from "../../src/events/task-events.ts";
import { wire } from "../../src/proto/gen/wire.js";

const exitedAt = new Date(1_700_000_000_123);
const end = { containerId: "c", pid: 7, exitStatus: 137, exitedAt };

test("taskCreate – carries the request – rootfs and io given", (t) => {
  const io = { stdin: "", stdout: "/o", stderr: "/e", terminal: false };
  const rootfs = [{ type: "overlay", source: "overlay", target: "", options: ["a=b"] }];
  const event = events.taskCreate({ containerId: "c", bundle: "/b", rootfs, io, checkpoint: "", pid: 7 });
  t.is(event.topic, "/tasks/create");
  t.is(event.typeUrl, "containerd.events.TaskCreate");
  const message = wire.TaskCreate.decode(event.value);
  t.is(message.container_id, "c");
  t.is(message.bundle, "/b");
  t.is(message.pid, 7);
  t.is(message.io?.stdout, "/o");
  t.deepEqual(message.rootfs?.[0]?.options, ["a=b"]);
});

test("taskExit – carries id and time – an exec process", (t) => {
  const event = events.taskExit({ ...end, id: "exec1" });
  t.is(event.topic, "/tasks/exit");
  const message = wire.TaskExit.decode(event.value);
  t.is(message.id, "exec1");
  t.is(message.container_id, "c");
  t.is(message.exit_status, 137);
  t.is(Number(message.exited_at?.seconds), 1_700_000_000);
  t.is(message.exited_at?.nanos, 123_000_000);
});

test("taskDelete – leaves the id empty and sends Go's zero time – it never ran", (t) => {
  const event = events.taskDelete({ ...end, exitedAt: undefined });
  t.is(event.topic, "/tasks/delete");
  const message = wire.TaskDelete.decode(event.value);
  t.is(message.id, "");
  t.is(Number(message.exited_at?.seconds), -62_135_596_800);
});

test("builders – name topic and message – every other event", (t) => {
  const exec = { containerId: "c", execId: "e" };
  const built = [
    events.taskStart({ containerId: "c", pid: 7 }),
    events.taskExecAdded(exec),
    events.taskExecStarted({ ...exec, pid: 8 }),
    events.taskPaused("c"),
    events.taskResumed("c"),
    events.taskOom("c"),
  ];
  t.deepEqual(
    built.map((event) => [event.topic, event.typeUrl]),
    [
      ["/tasks/start", "containerd.events.TaskStart"],
      ["/tasks/exec-added", "containerd.events.TaskExecAdded"],
      ["/tasks/exec-started", "containerd.events.TaskExecStarted"],
      ["/tasks/paused", "containerd.events.TaskPaused"],
      ["/tasks/resumed", "containerd.events.TaskResumed"],
      ["/tasks/oom", "containerd.events.TaskOOM"],
    ],
  );
  // Field 1 of each is the container's id.
  for (const { value } of built) t.deepEqual([...value.subarray(0, 3)], [0x0a, 1, 0x63]);
});
