/** Smoke tests for every runtime other than runc; all other test files run on runc. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { toOciProcess } from "./_support/bundle.ts";
import type { Containerd } from "./_support/containerd.ts";
import { CtrEvents } from "./_support/ctr-events.ts";
import { DirectShim, sharedRootfs } from "./_support/direct-shim.ts";
import { inParallel } from "./_support/in-parallel.ts";
import { checkLeaks } from "./_support/leak-check.ts";
import { findCgroups, isAlive, readMounts } from "./_support/proc.ts";
import { eachLeg } from "./_support/smoke-legs.ts";
import { connectShim, exitStatus, refusal } from "./_support/task-client.ts";
import { TerminalClient, toTerminalSpec } from "./_support/terminal-client.ts";
import { until } from "./_support/until.ts";

checkLeaks(test);

const each = eachLeg(test);
const shell = (script: string): readonly string[] => ["/bin/sh", "-c", script];
const unimplemented = 12;

async function untilStopped(containerd: Containerd, id: string): Promise<void> {
  await until(`${id} has stopped`, async () => (await containerd.task(id))?.status === "STOPPED");
}

each("streams – stdout and stderr – arrive apart and complete", async (t, { containerd }) => {
  const script = "for i in $(seq 1 3000); do echo out $i; done; echo oops >&2; printf end";
  const result = await containerd.run("streams", shell(script), { flags: ["--rm"] });
  t.is(result.stdout, `${Array.from({ length: 3000 }, (_, i) => `out ${i + 1}\n`).join("")}end`);
  t.is(result.stderr, "oops\n");
  t.is(result.status, 0);
});

each("streams – 8 MiB – arrive byte by byte", async (t, { containerd }) => {
  const script = "dd if=/dev/zero bs=65536 count=128 2>/dev/null | tr '\\0' x; exit 3";
  const result = await containerd.run("bytes", shell(script), { flags: ["--rm"] });
  t.is(result.stdout.length, 8 << 20);
  t.regex(result.stdout, /^x*$/);
  t.is(result.status, 3);
});

each("streams – stdin – goes through, its end ends the container", async (t, { containerd }) => {
  const input = "x".repeat(300_000);
  const args = containerd.runArgs("stdin", ["/bin/cat"], { flags: ["--rm"] });
  t.like(await containerd.ctrWith({ input }, ...args), { status: 0, stdout: input });
});

each("streams – none – the exit code arrives all the same", async (t, { containerd }) => {
  const flags = ["--rm", "--null-io"];
  t.like(await containerd.run("null", shell("echo x; cat; exit 5"), { flags }), { status: 5, stdout: "" });
});

each("exit code – of the program – is that of ctr run", async (t, { containerd }) => {
  for (const code of [0, 1, 127, 255]) {
    t.is((await containerd.run(`code-${code}`, shell(`exit ${code}`), { flags: ["--rm"] })).status, code);
  }
});

each("process – environment and working directory – are those of the client", async (t, { containerd }) => {
  const flags = ["--rm", "--env", "COLOUR=red", "--cwd", "/tmp"];
  const result = await containerd.run("process", shell('echo "$COLOUR $(pwd)"'), { flags });
  t.is(result.stdout, "red /tmp\n");
});

each("mount – of a file of the host, read-only – is seen, and not written", async (t, { containerd }) => {
  const source = join(containerd.dir, "greeting");
  writeFileSync(source, "hello\n");
  const flags = ["--rm", "--mount", `type=bind,src=${source},dst=/greeting,options=rbind:ro`];
  const result = await containerd.run("mount", shell("cat /greeting; echo x >/greeting || exit 9"), { flags });
  t.like(result, { stdout: "hello\n", status: 9 });
  t.is(readFileSync(source, "utf8"), "hello\n");
});

each("life – of a task – listed, not deleted while it runs, killed, stopped, deleted", async (t, { containerd }) => {
  await containerd.runDetached("life", ["/bin/sleep", "1000"]);
  const task = await containerd.task("life");
  t.is(task?.status, "RUNNING");
  t.regex((await containerd.ctr("task", "delete", "life")).stderr, /must be stopped before deletion/);
  await containerd.ctrOk("task", "kill", "--signal", "KILL", "life");
  await untilStopped(containerd, "life");
  t.regex((await containerd.ctr("task", "delete", "life")).stderr, /exit code 137/);
  t.false(existsSync(containerd.bundle("life")));
  await containerd.ctrOk("container", "delete", "life");
});

each("life – the same container twice – refused, the first one untouched", async (t, { containerd }) => {
  await containerd.runDetached("twice", ["/bin/sleep", "1000"]);
  t.regex((await containerd.run("twice", ["/bin/true"])).stderr, /already exists/);
  t.is((await containerd.task("twice"))?.status, "RUNNING");
  await containerd.remove("twice");
});

each("life – 24 containers, 6 at a time – each gives its own output and exit code", async (t, { containerd }) => {
  const numbers = Array.from({ length: 24 }, (_, index) => index);
  const results = await inParallel(numbers, 6, (number) =>
    containerd.run(`many-${number}`, shell(`echo ${number}; exit ${number}`), { flags: ["--rm"] }),
  );
  for (const [number, result] of results.entries())
    t.like(result, { status: number, stdout: `${number}\n` }, result.stderr);
});

each("error – a command that the image lacks – is told by its name", async (t, { containerd }) => {
  const { status, stderr } = await containerd.run("missing", ["/bin/bahs"]);
  t.is(status, 1);
  t.regex(stderr, /OCI runtime (create|start) failed: .*bahs/);
  await containerd.ctr("task", "delete", "--force", "missing");
  await containerd.ctrOk("container", "delete", "missing");
});

each("signal – TERM – reaches the program's handler", async (t, { containerd }) => {
  await containerd.runDetached("term", shell("trap 'exit 3' TERM; touch /ready; while :; do sleep 0.05; done"));
  await until("the handler is there", async () => {
    return (await containerd.exec("term", `look-${Date.now()}`, ["/bin/ls", "/ready"])).status === 0;
  });
  await containerd.ctrOk("task", "kill", "--signal", "TERM", "term");
  t.is(await exitStatus(containerd, "term"), 3);
  await containerd.remove("term");
});

each("exec – output and exit code – are its own", async (t, { containerd }) => {
  await containerd.runDetached("exec", ["/bin/sleep", "1000"]);
  const result = await containerd.exec("exec", "nine", shell("echo out; echo err >&2; exit 9"));
  t.like(result, { status: 9, stdout: "out\n" });
  t.true(result.stderr.startsWith("err\n"));
  await containerd.remove("exec");
});

each("exec – a command that is not there – is told, the container goes on", async (t, { containerd }) => {
  await containerd.runDetached("no-exec", ["/bin/sleep", "1000"]);
  t.regex((await containerd.exec("no-exec", "none", ["bahs"])).stderr, /OCI runtime exec failed: .*bahs/);
  t.is((await containerd.task("no-exec"))?.status, "RUNNING");
  await containerd.remove("no-exec");
});

each("exec – KILL – ends it alone", async (t, { containerd }) => {
  await containerd.runDetached("kill-exec", ["/bin/sleep", "1000"]);
  const long = containerd.exec("kill-exec", "long", ["/bin/sleep", "1000"]);
  await until("ctr lists the exec", async () => /long/.test(await containerd.ctrOk("task", "ps", "kill-exec")));
  await containerd.ctrOk("task", "kill", "--signal", "KILL", "--exec-id", "long", "kill-exec");
  t.is((await long).status, 137);
  t.is((await containerd.task("kill-exec"))?.status, "RUNNING");
  await containerd.remove("kill-exec");
});

each("terminal – of init and of an exec – lines, sizes, exit code", async (t, { containerd }) => {
  const spec = toTerminalSpec(["/bin/sh"], sharedRootfs(containerd));
  await using shim = await DirectShim.start(containerd, "terminal", { spec });
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

each("pause – and resume – it stands still, and goes on", async (t, { containerd }) => {
  await containerd.runDetached("pause", ["/bin/sleep", "1000"]);
  await containerd.ctrOk("task", "pause", "pause");
  t.is((await containerd.task("pause"))?.status, "PAUSED");
  t.not((await containerd.exec("pause", "frozen", ["/bin/true"])).status, 0);
  await containerd.ctrOk("task", "resume", "pause");
  t.is((await containerd.task("pause"))?.status, "RUNNING");
  t.is((await containerd.exec("pause", "thawed", ["/bin/true"])).status, 0);
  await containerd.remove("pause");
});

each("stats – of a running container – memory and processes", async (t, { containerd }) => {
  await containerd.runDetached("stats", ["/bin/sleep", "1000"]);
  const metrics = JSON.parse(await containerd.ctrOk("task", "metrics", "--format", "json", "stats"));
  t.true(Number(metrics.memory.usage.usage ?? metrics.memory.usage) > 0, JSON.stringify(metrics));
  t.true(Number(metrics.pids.current) > 0);
  await containerd.remove("stats");
});

each("update – of the memory limit – is in force", async (t, { containerd, leg }) => {
  await containerd.runDetached("update", ["/bin/sleep", "1000"]);
  using client = await connectShim(containerd, "update");
  const resources = { type_url: "any", value: Buffer.from('{"memory":{"limit":67108864}}') };
  const answer = await refusal(client.update({ id: "update", resources }));
  if (leg.lacks?.includes("update")) t.is(answer?.code, unimplemented);
  else {
    t.is(answer, undefined);
    const files = findCgroups(`${containerd.namespace}/update`).map((dir) => join(dir, "memory.limit_in_bytes"));
    t.deepEqual(
      files.filter(existsSync).map((file) => readFileSync(file, "utf8")),
      ["67108864\n"],
    );
  }
  await containerd.remove("update");
});

each("out of memory – of init – the event comes before the exit, whose status is 137", async (t, { containerd }) => {
  await using events = await CtrEvents.open(containerd);
  const greedy = "exec dd if=/dev/zero of=/dev/null bs=96M count=1";
  await containerd.runDetached("oom", shell(greedy), { flags: ["--memory-limit", String(48 << 20)] });
  t.is((await events.next("oom", "/tasks/exit")).fields["exit_status"], 137);
  t.deepEqual(
    events.of("oom").map(({ topic }) => topic),
    ["/tasks/create", "/tasks/start", "/tasks/oom", "/tasks/exit"],
  );
  await containerd.remove("oom");
});

each("orphan – of init – ends with it, the client is not kept", async (t, { containerd }) => {
  const result = await containerd.run("orphan", shell("sleep 1000 & echo started; exit 4"), { flags: ["--rm"] });
  t.like(result, { stdout: "started\n", status: 4 });
  t.deepEqual(findCgroups(`${containerd.namespace}/orphan`), []);
});

each("events – of a container with an exec – come in the order of what happened", async (t, { containerd }) => {
  await using events = await CtrEvents.open(containerd);
  await containerd.runDetached("order", ["/bin/sleep", "1000"]);
  await containerd.exec("order", "first", shell("exit 5"));
  await containerd.ctrOk("task", "kill", "--signal", "KILL", "order");
  await untilStopped(containerd, "order");
  await containerd.ctrOk("task", "delete", "order");
  await events.next("order", "/tasks/delete");
  const seen = events.of("order").map(({ topic, fields }) => `${topic} ${fields["exit_status"] ?? ""}`.trimEnd());
  t.deepEqual(seen, [
    "/tasks/create",
    "/tasks/start",
    "/tasks/exec-added",
    "/tasks/exec-started",
    "/tasks/exit 5",
    "/tasks/exit 137",
    "/tasks/delete 137",
  ]);
  await containerd.ctrOk("container", "delete", "order");
});

each("restart – of containerd – the container goes on, can be entered and ended", async (t, { containerd }) => {
  await containerd.runDetached("restart", ["/bin/sleep", "1000"]);
  const before = await containerd.task("restart");
  await containerd.restart();
  t.deepEqual(await containerd.task("restart"), before);
  t.is((await containerd.exec("restart", "after", shell("exit 8"))).status, 8);
  await containerd.ctrOk("task", "kill", "--signal", "KILL", "restart");
  t.is(await exitStatus(containerd, "restart"), 137);
  await containerd.remove("restart");
});

each("kill -9 – of containerd – a container that ends meanwhile keeps its exit code", async (t, { containerd }) => {
  await containerd.runDetached("meanwhile", shell("until [ -e /go ]; do sleep 0.02; done; exit 23"));
  using client = await connectShim(containerd, "meanwhile");
  const [id, exec_id] = ["meanwhile", "go"];
  await client.exec({ id, exec_id, spec: { value: Buffer.from(JSON.stringify(toOciProcess(shell("touch /go")))) } });
  await containerd.kill9();
  await client.start({ id, exec_id });
  t.is((await client.wait({ id })).exit_status, 23);
  await containerd.restart();
  await untilStopped(containerd, id);
  t.is(await exitStatus(containerd, id), 23);
  await containerd.remove(id);
});

each("kill -9 – of the daemon – ends its container, the client is told, nothing is left", async (t, { containerd }) => {
  await using events = await CtrEvents.open(containerd);
  await containerd.runDetached("victim", ["/bin/sleep", "1000"]);
  await containerd.exec("victim", "inside", ["/bin/sleep", "1000"], ["-d"]);
  const pid = (await containerd.task("victim"))?.pid ?? 0;
  using client = await connectShim(containerd, "victim");
  process.kill((await client.connect({ id: "victim" })).shim_pid, "SIGKILL");
  t.is((await events.next("victim", "/tasks/exit")).fields["exit_status"], 137);
  await until("the bundle goes", () => !existsSync(containerd.bundle("victim")));
  await until("the cgroups go", () => findCgroups(`${containerd.namespace}/victim`).length === 0);
  t.deepEqual(readMounts(`${containerd.bundle("victim")}/`), []);
  await until("its init ends, once the host has reaped the exec", () => !isAlive(pid));
  await containerd.ctrOk("container", "delete", "victim");
});
