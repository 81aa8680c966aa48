import test from "ava";
import { Containerd } from "./_support/containerd.ts";
import { CtrEvents } from "./_support/ctr-events.ts";
import { inParallel } from "./_support/in-parallel.ts";
import { checkLeaks } from "./_support/leak-check.ts";
import { readFlatMetrics } from "./_support/metrics-shape.ts";
import { connectShim, exitStatus } from "./_support/task-client.ts";

checkLeaks(test);

const flags = ["--memory-limit", String(24 << 20)];
/** Needs 64 MiB at once. */
const greedy = "dd if=/dev/zero of=/dev/null bs=64M count=1";

let containerd: Containerd;
let events: CtrEvents;
test.before(async () => {
  containerd = await Containerd.start();
  events = await CtrEvents.open(containerd);
});
test.after.always(async () => {
  await events[Symbol.asyncDispose]();
  await containerd[Symbol.asyncDispose]();
});
const topicsOf = (id: string) => events.of(id).map(({ topic }) => topic);

test("out of memory – init is killed – the event comes before the exit, whose status is 137", async (t) => {
  const ids = Array.from({ length: 5 }, (_, index) => `init-${index}`);
  await inParallel(ids, 3, async (id) => {
    await containerd.runDetached(id, ["/bin/sh", "-c", `exec ${greedy}`], { flags });
    t.is((await events.next(id, "/tasks/exit")).fields["exit_status"], 137);
    t.deepEqual(topicsOf(id), ["/tasks/create", "/tasks/start", "/tasks/oom", "/tasks/exit"]);
    t.is(await exitStatus(containerd, id), 137);
  });
});

test("out of memory – init is killed – Stats still tell of it, until the container is deleted", async (t) => {
  await containerd.runDetached("told", ["/bin/sh", "-c", `exec ${greedy}`], { flags });
  await events.next("told", "/tasks/exit");
  using client = await connectShim(containerd, "told");
  const { fields } = await readFlatMetrics(client, "told");
  t.is(fields["memory_oom_control.oom_kill"] ?? fields["memory_events.oom_kill"], "1");
});

test("out of memory – another process is killed – the event comes while the container lives on", async (t) => {
  await containerd.runDetached("child", ["/bin/sh", "-c", `${greedy}; sleep 1000`], { flags });
  await events.next("child", "/tasks/oom");
  t.is((await containerd.task("child"))?.status, "RUNNING");
  t.deepEqual(topicsOf("child"), ["/tasks/create", "/tasks/start", "/tasks/oom"]);
});

test("out of memory – an exec is killed – the event comes before its exit", async (t) => {
  await containerd.runDetached("exec", ["/bin/sleep", "1000"], { flags });
  t.is((await containerd.exec("exec", "greedy", ["/bin/sh", "-c", `exec ${greedy}`])).status, 137);
  await events.next("exec", "/tasks/exit");
  const [added, ...topics] = topicsOf("exec").slice(2);
  t.is(added, "/tasks/exec-added");
  t.is(topics.pop(), "/tasks/exit");
  // The kernel may kill it before runc has reported its start. The OOM event names only the container.
  t.deepEqual(topics.toSorted(), ["/tasks/exec-started", "/tasks/oom"]);
});

test("out of memory – a plain SIGKILL – is no such event", async (t) => {
  await containerd.runDetached("killed", ["/bin/sleep", "1000"], { flags });
  await containerd.ctrOk("task", "kill", "--signal", "KILL", "killed");
  t.is((await events.next("killed", "/tasks/exit")).fields["exit_status"], 137);
  t.deepEqual(topicsOf("killed"), ["/tasks/create", "/tasks/start", "/tasks/exit"]);
});
