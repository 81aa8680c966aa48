import test from "ava";
import { toOciProcess } from "./_support/bundle.ts";
import { Containerd } from "./_support/containerd.ts";
import { CtrEvents } from "./_support/ctr-events.ts";
import { inParallel } from "./_support/in-parallel.ts";
import { checkLeaks } from "./_support/leak-check.ts";
import { connectShim } from "./_support/task-client.ts";

checkLeaks(test);

const trueSpec = { type_url: "any", value: Buffer.from(JSON.stringify(toOciProcess(["/bin/true"]))) };

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

test("events – a container with an exec – come in the order of what happened, with its ids and codes", async (t) => {
  await containerd.runDetached("order", ["/bin/sleep", "1000"]);
  await containerd.exec("order", "first", ["/bin/sh", "-c", "exit 5"]);
  await containerd.execDetached("order", "second", ["/bin/sleep", "1000"]);
  using client = await connectShim(containerd, "order");
  await client.kill({ id: "order", signal: 9 });
  await client.wait({ id: "order" });
  await containerd.ctrOk("task", "delete", "order");
  await events.next("order", "/tasks/delete");
  const seen = events.of("order").map(({ topic, fields }) => {
    const exec = fields["exec_id"] ?? (fields["id"] === "order" ? undefined : fields["id"]);
    return [topic, exec, fields["exit_status"]].filter((each) => each !== undefined).join(" ");
  });
  t.deepEqual(seen, [
    "/tasks/create",
    "/tasks/start",
    "/tasks/exec-added first",
    "/tasks/exec-started first",
    "/tasks/exit first 5",
    "/tasks/exec-added second",
    "/tasks/exec-started second",
    "/tasks/exit second 137",
    "/tasks/exit 137",
    "/tasks/delete 137",
  ]);
  await containerd.ctrOk("container", "delete", "order");
});

test("events – fields – name the bundle, the streams, the pid and the time", async (t) => {
  const before = Date.now();
  await containerd.run("fields", ["/bin/true"], { flags: ["--rm"] });
  await events.next("fields", "/tasks/delete");
  const [create, start, exit, deleted] = events.of("fields").map(({ fields }) => fields);
  t.is(create?.["bundle"], containerd.bundle("fields"));
  t.regex(JSON.stringify(create?.["io"]), /"stdout":"[^"]*fields-stdout"/);
  t.true(Array.isArray(create?.["rootfs"]));
  const pid = create?.["pid"];
  t.true(typeof pid === "number" && pid > 0);
  for (const fields of [start, exit, deleted]) t.is(fields?.["pid"], pid);
  t.is(exit?.["id"], "fields");
  t.true(toMs(exit?.["exited_at"]) >= before - 1000);
  t.deepEqual(exit?.["exited_at"], deleted?.["exited_at"]);
});

test("events – 32 short containers, 8 at a time – each has create, start, exit and delete in this order", async (t) => {
  const ids = Array.from({ length: 32 }, (_, index) => `short-${index}`);
  await inParallel(ids, 8, (id) => containerd.run(id, ["/bin/true"], { flags: ["--rm", "--null-io"] }));
  for (const id of ids) {
    await events.next(id, "/tasks/delete");
    const topics = events.of(id).map(({ topic }) => topic);
    t.deepEqual(topics, ["/tasks/create", "/tasks/start", "/tasks/exit", "/tasks/delete"], id);
  }
});

test("events – 8 containers at a time with 12 execs each – every exit arrives, in its container's order", async (t) => {
  const ids = Array.from({ length: 8 }, (_, index) => `busy-${index}`);
  const execIds = Array.from({ length: 12 }, (_, index) => `exec-${index}`);
  await inParallel(ids, ids.length, async (id) => {
    await containerd.runDetached(id, ["/bin/sleep", "1000"], { flags: ["--null-io"] });
    using client = await connectShim(containerd, id);
    await inParallel(execIds, 3, async (execId) => {
      await client.exec({ id, exec_id: execId, spec: trueSpec });
      await client.start({ id, exec_id: execId });
      await client.wait({ id, exec_id: execId });
    });
    await client.kill({ id, signal: 9 });
    await client.wait({ id });
    await containerd.ctrOk("task", "delete", id);
    await containerd.ctrOk("container", "delete", id);
  });
  for (const id of ids) {
    await events.next(id, "/tasks/delete");
    const seen = events
      .of(id)
      .map(({ topic, fields }) => `${topic} ${fields["exec_id"] ?? fields["id"] ?? ""}`.trimEnd());
    for (const execId of execIds) {
      const own = seen.filter((each) => each.endsWith(` ${execId}`));
      t.deepEqual(own, [`/tasks/exec-added ${execId}`, `/tasks/exec-started ${execId}`, `/tasks/exit ${execId}`], id);
    }
    t.is(seen.length, 4 + 3 * execIds.length, id);
    t.deepEqual(seen.slice(0, 2), ["/tasks/create", "/tasks/start"], id);
    t.deepEqual(seen.slice(-2), [`/tasks/exit ${id}`, "/tasks/delete"], id);
  }
  t.false(containerd.log.includes("event dropped"));
  if (!containerd.log.includes("events not delivered")) t.is(events.repeats, 0);
});

test("events – an exec whose command is missing – is added, never started, and has no exit", async (t) => {
  await containerd.runDetached("no-command", ["/bin/sleep", "1000"]);
  await containerd.exec("no-command", "missing", ["/bin/bahs"]);
  await containerd.remove("no-command");
  await events.next("no-command", "/tasks/delete");
  const topics = events.of("no-command").map(({ topic }) => topic);
  t.deepEqual(topics, ["/tasks/create", "/tasks/start", "/tasks/exec-added", "/tasks/exit", "/tasks/delete"]);
});

/** Converts a time that `ctr events` printed: RFC 3339 in 1.6, the message's fields in later versions. */
function toMs(time: unknown): number {
  if (typeof time === "object" && time !== null && "seconds" in time) return Number(time.seconds) * 1000;
  return Date.parse(String(time));
}
