import { mkdirSync, rmSync, watch, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Code, StatusError } from "@dunnage/ttrpc";
import test from "ava";
import type { HookSubject } from "../../../src/hooks/event/event.ts";
import { wire } from "../../../src/proto/gen/wire.js";
import { decodeMetrics } from "../../../src/testing/containerd/decode-metrics.ts";
import { fakeHooks } from "../../_support/hooks.ts";
import { openTasks, type TaskFixture } from "../../_support/task-fixture.ts";
import { TempDir } from "../../_support/temp-dir.ts";
import { until } from "../../_support/until.ts";

const signal = new AbortController().signal;
const settle = () => new Promise((resolve) => setImmediate(resolve));

/** Opens a directory that looks like a cgroup, and tasks whose containers are in it. */
function openScene(overrides: Parameters<typeof openTasks>[0] = {}) {
  const dir = new TempDir();
  const cgroup = dir.join("c");
  mkdirSync(cgroup);
  writeFileSync(join(cgroup, "pids.current"), "3\n");
  const kill = (kills: number) => writeFileSync(join(cgroup, "memory.events"), `oom_kill ${kills}\n`);
  kill(0);
  const f = openTasks({ findCgroup: () => ({ version: 2, dir: cgroup }), ...overrides });
  const dispose = (): void => {
    f[Symbol.dispose]();
    dir[Symbol.dispose]();
  };
  return { f, cgroup, kill, [Symbol.dispose]: dispose };
}
const current = async (f: TaskFixture) =>
  (decodeMetrics(await f.tasks.stats("c", signal))["pids"] as { current?: string }).current;
const isNotFound = { instanceOf: StatusError, code: Code.NotFound } as const;

test("stats – created, running, stopped – the values of now, never those of an OCI command", async (t) => {
  using scene = openScene();
  const { f, cgroup } = scene;
  const pid = await f.create("c");
  t.is((await f.tasks.stats("c", signal)).type_url, "io.containerd.cgroups.v2.Metrics");
  t.is(await current(f), "3");
  const hang = Promise.withResolvers<void>();
  f.runtime.onStart = () => hang.promise;
  const starting = f.tasks.start("c", "", signal);
  await settle();
  writeFileSync(join(cgroup, "pids.current"), "5\n");
  t.is(await current(f), "5");
  hang.resolve();
  await starting;
  t.is(await current(f), "5");
  f.reaper.exit(pid, 0);
  await f.tasks.process("c", "").wait(signal);
  t.is(await current(f), "5");
});

test("stats – the last values – the cgroup is gone before the container", async (t) => {
  using scene = openScene();
  const { f, cgroup } = scene;
  await f.create("c");
  t.is(await current(f), "3");
  rmSync(cgroup, { recursive: true });
  t.is(await current(f), "3");
});

test("stats – the values of the end – systemd takes the cgroup away with the last process", async (t) => {
  using scene = openScene();
  const { f, cgroup } = scene;
  const options = {
    type_url: "containerd.runc.v1.Options",
    value: wire.RuncOptions.encode({ systemd_cgroup: true }).finish(),
  };
  const request = wire.CreateTaskRequest.create({ id: "c", bundle: f.bundle("c"), options });
  const { init } = await f.tasks.create(request, signal);
  await f.tasks.start("c", "", signal);
  f.reaper.exit(init.pid, 0);
  rmSync(cgroup, { recursive: true });
  t.is(await current(f), "3");
});

for (const status of [0, 137]) {
  test(`stats – the values of the end – the runtime has forgotten the container – status ${status}`, async (t) => {
    using scene = openScene();
    const { f, cgroup } = scene;
    const pid = await f.create("c");
    await f.tasks.start("c", "", signal);
    f.runtime.onDelete = async () => {
      if (status === 0) await settle().then(settle);
      rmSync(cgroup, { recursive: true });
    };
    f.reaper.exit(pid, status);
    await f.tasks.container("c").ending.forgetting;
    t.is(await current(f), "3");
  });
}

test("stats – NotFound – unknown container, no cgroup, deleted container", async (t) => {
  using f = openTasks();
  await t.throwsAsync(f.tasks.stats("c", signal), { ...isNotFound, message: "container not created: not found" });
  const pid = await f.create("c");
  await t.throwsAsync(f.tasks.stats("c", signal), { ...isNotFound, message: "cgroup does not exist: not found" });
  await f.tasks.start("c", "", signal);
  f.reaper.exit(pid, 0);
  await f.tasks.delete("c", "", signal);
  await t.throwsAsync(f.tasks.stats("c", signal), isNotFound);
});

test("out of memory – an event for each rise – while the container runs", async (t) => {
  using scene = openScene();
  const { f, kill } = scene;
  await f.create("c");
  await f.tasks.start("c", "", signal);
  kill(1);
  await until(() => f.events.length === 3, "the event");
  kill(3);
  await until(() => f.events.length === 4, "the other event");
  t.deepEqual(f.events, ["/tasks/create", "/tasks/start", "/tasks/oom", "/tasks/oom"]);
});

test("out of memory – before the exit that it caused – of init and of an exec", async (t) => {
  using scene = openScene();
  const { f, kill } = scene;
  const pid = await f.create("c");
  await f.tasks.start("c", "", signal);
  await f.addExec("c", "e");
  const exec = await f.tasks.start("c", "e", signal);
  f.events.length = 0;
  kill(1);
  f.reaper.exit(exec, 137);
  kill(2);
  f.reaper.exit(pid, 137);
  t.deepEqual(f.events, ["/tasks/oom", "/tasks/exit e 137", "/tasks/oom", "/tasks/exit c 137"]);
  await f.tasks.delete("c", "", signal);
  t.deepEqual(f.events.slice(4), ["/tasks/delete"]);
});

test("out of memory – no event – a plain SIGKILL", async (t) => {
  using scene = openScene();
  const { f } = scene;
  const pid = await f.create("c");
  await f.tasks.start("c", "", signal);
  f.reaper.exit(pid, 137);
  t.deepEqual(f.events, ["/tasks/create", "/tasks/start", "/tasks/exit c 137"]);
});

test("out of memory – during start – after the start event", async (t) => {
  using scene = openScene();
  const { f, kill } = scene;
  const pid = await f.create("c");
  f.runtime.onStart = async () => {
    kill(1);
    f.reaper.exit(pid, 137);
  };
  await f.tasks.start("c", "", signal);
  t.deepEqual(f.events, ["/tasks/create", "/tasks/start", "/tasks/oom", "/tasks/exit c 137"]);
});

test("out of memory – noticed before the start has returned – after the start event all the same", async (t) => {
  using scene = openScene();
  const { f, cgroup, kill } = scene;
  await f.create("c");
  f.runtime.onStart = async () => {
    const noticed = Promise.withResolvers<unknown>();
    const watcher = watch(join(cgroup, "memory.events"), noticed.resolve); // notified after the container's watcher
    kill(1);
    await noticed.promise;
    watcher.close();
    await settle();
  };
  await f.tasks.start("c", "", signal);
  t.deepEqual(f.events, ["/tasks/create", "/tasks/start", "/tasks/oom"]);
});

test("out of memory – hooks of the stage are notified", async (t) => {
  const subjects: HookSubject[] = [];
  const hooks = fakeHooks({
    has: (stage: string) => stage === "oom",
    run: async (_: string, subject: HookSubject) => void subjects.push(subject),
  });
  using scene = openScene({ hooks });
  const { f, kill } = scene;
  const pid = await f.create("c");
  kill(1);
  f.reaper.exit(pid, 137);
  t.is(subjects.length, 1);
  t.is(subjects[0]?.container?.id, "c");
});
