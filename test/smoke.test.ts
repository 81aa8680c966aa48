/**
 * What a client of containerd sees of every runtime except runc, which all other test files use: from `ctr run` to the
 * death of containerd and of the daemon. Cases that leave their container unchanged share one. Details are tested by
 * the contract in each runtime's package.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { wire } from "../packages/core/src/proto/gen/wire.js";
import { toOciProcess } from "./_support/bundle.ts";
import type { Containerd } from "./_support/containerd.ts";
import { CtrEvents } from "./_support/ctr-events.ts";
import { DirectShim, sharedRootfs } from "./_support/direct-shim.ts";
import { checkLeaks } from "./_support/leak-check.ts";
import { findCgroups, isAlive, readMounts } from "./_support/proc.ts";
import { runExec } from "./_support/run-exec.ts";
import { eachLeg, stateOf } from "./_support/smoke-legs.ts";
import { connectShim, exitStatus, refusal, type TaskClient } from "./_support/task-client.ts";
import { execRequest } from "./_support/task-situations.ts";
import { TerminalClient, toTerminalSpec } from "./_support/terminal-client.ts";
import { until } from "./_support/until.ts";

checkLeaks(test);

const each = eachLeg(test);
const shell = (script: string): readonly string[] => ["/bin/sh", "-c", script];
const sleep = ["/bin/sleep", "1000"];
const unimplemented = 12;

/** An id that no test has at the same time: the sockets of gVisor's sandboxes are named after it, for the whole host. */
const own = (name: string): string => `${name}-${process.pid}`;

/** Id of a container that sleeps, for cases that leave it running. */
const shared = own("shared");
const missing = own("missing");
const life = own("life");
const oom = own("oom");
const victim = own("victim");
const hasShared = new Set<Containerd>();

/** Starts the shared container if it does not exist; returns a client of its shim. */
async function openShared(containerd: Containerd): Promise<TaskClient> {
  if (!hasShared.has(containerd)) await containerd.runDetached(shared, sleep);
  hasShared.add(containerd);
  return connectShim(containerd, shared);
}

async function isRunning(client: TaskClient, exec_id = ""): Promise<boolean> {
  return (await client.state({ id: shared, exec_id })).status === wire.Status.RUNNING;
}

each("run – streams, environment, mount, orphan – all of the output arrives, then the exit code", async (t, scene) => {
  const { containerd } = scene;
  const source = join(containerd.dir, "greeting");
  writeFileSync(source, "hello\n");
  const mount = `type=bind,src=${source},dst=/greeting,options=rbind:ro`;
  const flags = ["--rm", "--env", "COLOUR=red", "--cwd", "/tmp", "--mount", mount];
  const script = `echo "$COLOUR $(pwd)"; cat /greeting
{ echo x >/greeting; } 2>/dev/null || echo read-only
cat; for i in $(seq 1 3000); do echo out $i; done
echo oops >&2; dd if=/dev/zero bs=65536 count=128 2>/dev/null | tr '\\0' x
sleep 1000 & printf end; exit 3`;
  const input = "y".repeat(300_000);
  const args = containerd.runArgs(own("run"), shell(script), { flags });
  const { stdout, stderr, status } = await containerd.ctrWith({ input }, ...args);
  const lines = Array.from({ length: 3000 }, (_, i) => `out ${i + 1}\n`).join("");
  const expected = `red /tmp\nhello\nread-only\n${input}${lines}${"x".repeat(8 << 20)}end`;
  t.true(stdout === expected, `${stdout.length} characters of ${expected.length}, or others: ${stdout.slice(0, 100)}`);
  t.is(stderr, "oops\n");
  t.is(status, 3);
  t.is(readFileSync(source, "utf8"), "hello\n");
  t.deepEqual(findCgroups(`${containerd.namespace}/${own("run")}`), []);
});

each(
  "run – four containers at a time, one without streams – each gives its own output and exit code",
  async (t, scene) => {
    const { containerd } = scene;
    const codes = [0, 1, 127, 255];
    const runs = codes.map((code) => {
      const [script, ...flags] = code === 127 ? ["cat", "--null-io"] : [":"];
      return containerd.run(own(`code-${code}`), shell(`echo ${code}; ${script}; exit ${code}`), {
        flags: ["--rm", ...flags],
      });
    });
    for (const [index, result] of (await Promise.all(runs)).entries()) {
      const code = codes[index] ?? -1;
      t.like(result, { status: code, stdout: code === 127 ? "" : `${code}\n` }, result.stderr);
    }
  },
);

each(
  "run – a command that the image lacks – is refused by its name, nothing is left",
  async (t, { containerd, leg }) => {
    const { status, stderr } = await containerd.run(missing, ["/bin/bahs"]);
    t.is(status, 1);
    t.regex(stderr, new RegExp(`OCI runtime ${leg.findsMissingAt} failed: .*bahs`));
    await containerd.ctr("task", "delete", "--force", missing);
    await containerd.ctrOk("container", "delete", missing);
    await until(() => stateOf(leg, containerd.namespace).every((name) => !name.includes(missing)), "nothing is left");
  },
);

each(
  "life – of a task with an exec – not made twice, not deleted while it runs, ended by TERM; events",
  async (t, scene) => {
    const { containerd } = scene;
    await using events = await CtrEvents.open(containerd);
    await containerd.runDetached(life, shell("trap 'exit 3' TERM; touch /ready; while :; do sleep 0.05; done"));
    const ready = await containerd.exec(life, "first", shell("until [ -e /ready ]; do sleep 0.05; done; exit 5"));
    t.is(ready.status, 5);
    t.regex((await containerd.run(life, ["/bin/true"])).stderr, /already exists/);
    t.regex((await containerd.ctr("task", "delete", life)).stderr, /must be stopped before deletion/);
    t.is((await containerd.task(life))?.status, "RUNNING");
    await containerd.ctrOk("task", "kill", "--signal", "TERM", life);
    t.is(await exitStatus(containerd, life), 3);
    t.is((await containerd.task(life))?.status, "STOPPED");
    t.regex((await containerd.ctr("task", "delete", life)).stderr, /exit code 3/);
    t.false(existsSync(containerd.bundle(life)));
    await containerd.ctrOk("container", "delete", life);
    await events.next(life, "/tasks/delete");
    const seen = events.of(life).map(({ topic, fields }) => `${topic} ${fields["exit_status"] ?? ""}`.trimEnd());
    t.deepEqual(seen, [
      "/tasks/create",
      "/tasks/start",
      "/tasks/exec-added",
      "/tasks/exec-started",
      "/tasks/exit 5",
      "/tasks/exit 3",
      "/tasks/delete 3",
    ]);
  },
);

each("exec – output and exit code – are its own", async (t, { containerd }) => {
  using client = await openShared(containerd);
  const result = await containerd.exec(shared, "nine", shell("echo out; echo err >&2; exit 9"));
  t.like(result, { status: 9, stdout: "out\n" });
  t.true(result.stderr.startsWith("err\n"));
  t.true(await isRunning(client));
});

each("exec – a missing command – is refused by its name, the container continues", async (t, { containerd }) => {
  using client = await openShared(containerd);
  t.regex((await containerd.exec(shared, "none", ["bahs"])).stderr, /OCI runtime exec failed: .*bahs/);
  t.true(await isRunning(client));
});

each("exec – KILL – ends it alone", async (t, { containerd }) => {
  using client = await openShared(containerd);
  const long = containerd.exec(shared, "long", sleep);
  await until(() => isRunning(client, "long"), "the exec runs");
  await containerd.ctrOk("task", "kill", "--signal", "KILL", "--exec-id", "long", shared);
  t.is((await long).status, 137);
  t.true(await isRunning(client));
});

each("terminal – of init and of an exec – lines, sizes, exit code", async (t, { containerd }) => {
  const spec = toTerminalSpec(["/bin/sh"], sharedRootfs(containerd));
  await using shim = await DirectShim.start(containerd, own("terminal"), { spec });
  const { client, id } = shim;
  using terminal = new TerminalClient(join(shim.bundle, "init"));
  await shim.create(terminal.fields);
  await client.start({ id });
  await client.resizePty({ id, width: 100, height: 40 });
  terminal.type("echo a$((1 + 1))b; stty size\n");
  await terminal.shows("a2b\n40 100\n");
  using second = new TerminalClient(join(shim.bundle, "exec"));
  const value = Buffer.from(JSON.stringify(toOciProcess(["/bin/sh"])));
  await client.exec({ id, exec_id: "e", spec: { value }, ...second.fields });
  await client.start({ id, exec_id: "e" });
  await client.resizePty({ id, exec_id: "e", width: 90, height: 30 });
  second.type("stty size; exit 6\n");
  await second.shows("30 90\n");
  t.is((await client.wait({ id, exec_id: "e" })).exit_status, 6);
  terminal.type("exit 7\n");
  t.is((await client.wait({ id })).exit_status, 7);
});

each("pause – and resume – it stands still, and continues", async (t, { containerd }) => {
  using client = await openShared(containerd);
  await containerd.ctrOk("task", "pause", shared);
  t.is((await containerd.task(shared))?.status, "PAUSED");
  t.truthy(await refusal(runExec(client, shared, ["/bin/true"])));
  await containerd.ctrOk("task", "resume", shared);
  t.true(await isRunning(client));
  t.is(await runExec(client, shared, ["/bin/true"]), 0);
});

each("stats – of a running container – memory and processes", async (t, { containerd }) => {
  using _client = await openShared(containerd);
  const metrics = JSON.parse(await containerd.ctrOk("task", "metrics", "--format", "json", shared));
  t.true(Number(metrics.memory.usage.usage ?? metrics.memory.usage) > 0, JSON.stringify(metrics));
  t.true(Number(metrics.pids.current) > 0);
});

each("update – of the memory limit – is in force", async (t, { containerd, leg }) => {
  using client = await openShared(containerd);
  const resources = { type_url: "any", value: Buffer.from('{"memory":{"limit":67108864}}') };
  const answer = await refusal(client.update({ id: shared, resources }));
  if (leg.lacks?.includes("update")) {
    t.is(answer?.code, unimplemented);
    return;
  }
  t.is(answer, undefined);
  const files = findCgroups(`${containerd.namespace}/${shared}`).map((dir) => join(dir, "memory.limit_in_bytes"));
  t.deepEqual(
    files.filter(existsSync).map((file) => readFileSync(file, "utf8")),
    ["67108864\n"],
  );
});

each("out of memory – of init – the event comes before the exit, whose status is 137", async (t, { containerd }) => {
  await using events = await CtrEvents.open(containerd);
  const greedy = "exec dd if=/dev/zero of=/dev/null bs=96M count=1";
  await containerd.runDetached(oom, shell(greedy), { flags: ["--memory-limit", String(48 << 20)] });
  t.is((await events.next(oom, "/tasks/exit")).fields["exit_status"], 137);
  t.deepEqual(
    events.of(oom).map(({ topic }) => topic),
    ["/tasks/create", "/tasks/start", "/tasks/oom", "/tasks/exit"],
  );
  await containerd.remove(oom);
});

each(
  "kill -9 – of containerd – one container continues, one that ends meanwhile keeps its exit code",
  async (t, scene) => {
    const { containerd } = scene;
    const [id, exec_id] = [own("meanwhile"), "go"];
    using client = await openShared(containerd);
    await containerd.runDetached(id, shell("until [ -e /go ]; do sleep 0.02; done; exit 23"));
    await client.exec(execRequest(id, exec_id, shell("touch /go")));
    const before = await containerd.task(shared);
    await containerd.kill9();
    await client.start({ id, exec_id });
    t.is((await client.wait({ id })).exit_status, 23);
    await containerd.restart();
    t.is((await containerd.task(id))?.status, "STOPPED");
    t.is(await exitStatus(containerd, id), 23);
    await containerd.remove(id);
    t.deepEqual(await containerd.task(shared), before);
    t.is((await containerd.exec(shared, "after", shell("exit 8"))).status, 8);
    await containerd.ctrOk("task", "kill", "--signal", "KILL", shared);
    t.is(await exitStatus(containerd, shared), 137);
    await containerd.remove(shared);
    hasShared.delete(containerd);
  },
);

each(
  "kill -9 – of the daemon – ends its container, the client is notified, nothing is left",
  async (t, { containerd, leg }) => {
    await using events = await CtrEvents.open(containerd);
    await containerd.runDetached(victim, sleep);
    await containerd.execDetached(victim, "inside", sleep);
    const pid = (await containerd.task(victim))?.pid ?? 0;
    using client = await connectShim(containerd, victim);
    process.kill((await client.connect({ id: victim })).shim_pid, "SIGKILL");
    t.is((await events.next(victim, "/tasks/exit")).fields["exit_status"], 137);
    await until(() => !existsSync(containerd.bundle(victim)), "the bundle goes");
    await until(() => findCgroups(`${containerd.namespace}/${victim}`).length === 0, "the cgroups go");
    t.deepEqual(readMounts(`${containerd.bundle(victim)}/`), []);
    await until(() => !isAlive(pid), "its init ends, once the host has reaped the exec");
    t.deepEqual(stateOf(leg, containerd.namespace), []);
    await containerd.ctrOk("container", "delete", victim);
  },
);
