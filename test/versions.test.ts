/** The most telling cases on the later lines of containerd, each driven by its own `ctr`; on 1.6 runs everything else. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { runCommandOk } from "./_support/command.ts";
import { Containerd } from "./_support/containerd.ts";
import { CtrEvents } from "./_support/ctr-events.ts";
import { type Case, eachVersion } from "./_support/each-version.ts";
import { inParallel } from "./_support/in-parallel.ts";
import { checkLeaks } from "./_support/leak-check.ts";
import { letWrite } from "./_support/numbered-lines.ts";
import { isAlive, readMounts, readProcess } from "./_support/proc.ts";
import { isReference, runtimeUnderTest, searchPath, toShimBinary } from "./_support/runtime-under-test.ts";
import { connectShim, exitStatus } from "./_support/task-client.ts";
import { until } from "./_support/until.ts";

checkLeaks(test);

const each = eachVersion(test);
/** For what containerd's own shim does otherwise or not at all. */
const eachBeyondReference: typeof each = isReference ? () => undefined : each;

/** Makes a task end by SIGKILL and waits until `ctr` lists it so. */
async function stopTask(containerd: Containerd, id: string): Promise<void> {
  await containerd.ctrOk("task", "kill", "--signal", "KILL", id);
  await untilStopped(containerd, id);
}

function untilStopped(containerd: Containerd, id: string): Promise<unknown> {
  return until(`${id} has stopped`, async () => (await containerd.task(id))?.status === "STOPPED");
}

each("itself – daemon and ctr – are of this version", async (t, containerd) => {
  const { version } = containerd;
  const found = [...(await containerd.ctrOk("version")).matchAll(/Version:\s+v?(\d+\.\d+)/g)].map(([, line]) => line);
  t.deepEqual(found, [version, version]);
  t.regex(
    readFileSync(join(containerd.dir, "containerd.toml"), "utf8"),
    version === "2.1" ? /^version = 3/ : /^version = 2/,
  );
});

each("ctr run – streams and exit codes – arrive", async (t, containerd) => {
  const script = "for i in $(seq 1 3000); do echo out $i; done; echo oops >&2; exit 7";
  const result = await containerd.run("streams", ["/bin/sh", "-c", script], { flags: ["--rm"] });
  t.is(result.stdout, Array.from({ length: 3000 }, (_, index) => `out ${index + 1}\n`).join(""));
  t.is(result.stderr, "oops\n");
  t.is(result.status, 7);
  t.not((await containerd.ctr("container", "info", "streams")).status, 0, "--rm has removed it");
});

each("ctr run – stdin – goes through, its end ends the container", async (t, containerd) => {
  const input = "x".repeat(300_000);
  const args = containerd.runArgs("stdin", ["/bin/cat"], { flags: ["--rm"] });
  t.like(await containerd.ctrWith({ input }, ...args), { status: 0, stdout: input });
});

each("ctr run – a command that the image lacks – the runtime's message arrives", async (t, containerd) => {
  const { status, stderr } = await containerd.run("no-command", ["bahs"]);
  t.is(status, 1);
  t.regex(stderr, /OCI runtime create failed: .*"bahs": executable file not found in \$PATH/);
  t.is(await containerd.task("no-command"), undefined);
  await containerd.ctrOk("container", "delete", "no-command");
});

each(
  "ctr run -d – life of a task – listed, not deleted while it runs, killed, stopped, deleted",
  async (t, containerd) => {
    await containerd.runDetached("life", ["/bin/sleep", "1000"]);
    const task = await containerd.task("life");
    t.is(task?.status, "RUNNING");
    t.regex((await containerd.ctr("task", "delete", "life")).stderr, /must be stopped before deletion/);
    await stopTask(containerd, "life");
    t.is((await containerd.task("life"))?.pid, task?.pid);
    t.regex((await containerd.ctr("task", "delete", "life")).stderr, /exit code 137/);
    t.is(await containerd.task("life"), undefined);
    t.false(existsSync(containerd.bundle("life")));
    await containerd.ctrOk("container", "delete", "life");
  },
);

each("ctr task kill – TERM – status 143", async (t, containerd) => {
  const script = "sleep 1000 & child=$!; trap 'kill -TERM $child' TERM; echo ready; wait $child; wait $child";
  await containerd.runDetached("term", ["/bin/sh", "-c", script]);
  await until("the signal ends it", async () => {
    await containerd.ctr("task", "kill", "--signal", "TERM", "term");
    return (await containerd.task("term"))?.status === "STOPPED";
  });
  t.regex((await containerd.ctr("task", "delete", "term")).stderr, /exit code 143/);
  await containerd.ctrOk("container", "delete", "term");
});

each("ctr task pause – and resume – stop and go on", async (t, containerd) => {
  await containerd.runDetached("pause", ["/bin/sleep", "1000"]);
  await containerd.ctrOk("task", "pause", "pause");
  t.is((await containerd.task("pause"))?.status, "PAUSED");
  await containerd.ctrOk("task", "resume", "pause");
  t.is((await containerd.task("pause"))?.status, "RUNNING");
  t.regex(await containerd.ctrOk("task", "metrics", "pause"), /memory/);
  await containerd.remove("pause");
});

each("ctr task exec – output, exit codes, a failure, a kill – are the exec's own", async (t, containerd) => {
  await containerd.runDetached("execs", ["/bin/sleep", "1000"]);
  const script = "echo out; echo err >&2; exit 9";
  const result = await containerd.exec("execs", "nine", ["/bin/sh", "-c", script]);
  t.like(result, { status: 9, stdout: "out\n" });
  t.true(result.stderr.startsWith("err\n"));
  t.regex(
    (await containerd.exec("execs", "none", ["bahs"])).stderr,
    /OCI runtime exec failed: .*executable file not found/,
  );
  const long = containerd.exec("execs", "long", ["/bin/sleep", "1000"]);
  await until("ctr lists the exec", async () => /long/.test(await containerd.ctrOk("task", "ps", "execs")));
  await containerd.ctrOk("task", "kill", "--signal", "KILL", "--exec-id", "long", "execs");
  t.is((await long).status, 137);
  t.is((await containerd.task("execs"))?.status, "RUNNING");
  await containerd.remove("execs");
});

each("many containers – 32, 8 at a time – each gives its own output and exit code", async (t, containerd) => {
  const numbers = Array.from({ length: 32 }, (_, index) => index);
  const results = await inParallel(numbers, 8, (number) =>
    containerd.run(`many-${number}`, ["/bin/sh", "-c", `echo ${number}; exit ${number}`], { flags: ["--rm"] }),
  );
  for (const [number, result] of results.entries())
    t.like(result, { status: number, stdout: `${number}\n` }, result.stderr);
});

each("events – a container with an exec – come in the order of what happened", async (t, containerd) => {
  await using events = await CtrEvents.open(containerd);
  await containerd.runDetached("order", ["/bin/sleep", "1000"]);
  await containerd.exec("order", "first", ["/bin/sh", "-c", "exit 5"]);
  await stopTask(containerd, "order");
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

each("rootfs – an overlay – is writable inside and unmounted at the end", async (t, containerd) => {
  await containerd.runDetached("overlay", ["/bin/sh", "-c", "echo hi > /made; sleep 1000"]);
  const pid = (await containerd.task("overlay"))?.pid;
  t.regex(readFileSync(`/proc/${pid}/mounts`, "utf8"), /^overlay \/ overlay rw/m);
  await until("it has written", () => existsSync(`/proc/${pid}/root/made`));
  const bundle = containerd.bundle("overlay");
  t.deepEqual(readMounts(bundle), [join(bundle, "rootfs")]);
  await containerd.remove("overlay");
  t.deepEqual(readMounts(bundle), []);
});

eachBeyondReference("runtime options – a file of them – names another runc and another root", async (t, containerd) => {
  const [file, root] = [join(containerd.dir, "options.toml"), join(containerd.dir, "runc-root")];
  const flags = ["--runtime-config-path", file];
  writeFileSync(file, `Root = "${root}"\n`);
  await containerd.runDetached("root", ["/bin/sleep", "1000"], { flags });
  t.true(existsSync(join(root, containerd.namespace, "root/state.json")));
  await containerd.remove("root");
  t.false(existsSync(join(root, containerd.namespace, "root")));
  writeFileSync(file, 'BinaryName = "/does/not/exist/runc"\n');
  t.regex((await containerd.run("binary", ["/bin/true"], { flags })).stderr, /\/does\/not\/exist\/runc/);
  await containerd.ctrOk("container", "delete", "binary");
});

each("runtime – named by the path of its shim – runs", async (t, containerd) => {
  const shim = (
    await runCommandOk("sh", ["-c", `command -v ${toShimBinary(runtimeUnderTest)}`], { env: containerd.env })
  ).trim();
  t.true(searchPath.includes(shim.slice(0, shim.lastIndexOf("/"))));
  const flags = ["--rm", "--runtime", shim];
  t.like(await containerd.run("by-path", ["/bin/sh", "-c", "exit 6"], { flags }), { status: 6 });
});

const inspected: Case = async (t, containerd) => {
  const info = JSON.parse(await containerd.ctrOk("plugins", "inspect-runtime", "--runtime", containerd.runtime));
  t.is(info.Name, runtimeUnderTest);
  t.regex(info.Version.Version, /^\d+\.\d+\.\d+/);
  t.is(info.Features.ociVersionMin, "1.0.0");
  t.true(info.Features.linux.namespaces.includes("pid"));
  t.true(info.Features.mountOptions.includes("rbind"));
};
// Nothing asks for it before 2.0.
eachBeyondReference("-info – ctr plugins inspect-runtime – prints name, version and features", inspected, ["2.1"]);

const restarted =
  (signal: "SIGTERM" | "SIGKILL"): Case =>
  async (t, containerd) => {
    await containerd.runDetached("running", ["/bin/sleep", "1000"]);
    await containerd.runDetached("stopped", ["/bin/sh", "-c", "exit 7"]);
    await untilStopped(containerd, "stopped");
    const [running, stopped] = await Promise.all(["running", "stopped"].map((id) => containerd.task(id)));
    for (let round = 0; round < 2; round++) {
      await containerd.stop(signal);
      t.true(isAlive(running?.pid ?? 0));
      await containerd.restart();
      t.deepEqual(await containerd.task("running"), running);
      t.deepEqual(await containerd.task("stopped"), stopped);
    }
    t.is((await containerd.exec("running", "after", ["/bin/sh", "-c", "exit 8"])).status, 8);
    t.regex((await containerd.ctr("task", "delete", "stopped")).stderr, /exit code 7/);
    await containerd.ctrOk("container", "delete", "stopped");
    await stopTask(containerd, "running");
    t.regex((await containerd.ctr("task", "delete", "running")).stderr, /exit code 137/);
    await containerd.ctrOk("container", "delete", "running");
  };
eachBeyondReference(
  "ended with SIGTERM – a running and a stopped container – are found again as they were",
  restarted("SIGTERM"),
);
eachBeyondReference(
  "ended with SIGKILL – a running and a stopped container – are found again as they were",
  restarted("SIGKILL"),
);

// These lines take a task without processes for a leaked one when they start, and destroy it.
eachBeyondReference("Pids – of a stopped container – names its init, which has gone", async (t, containerd) => {
  await containerd.runDetached("pids", ["/bin/sh", "-c", "exit 7"]);
  await untilStopped(containerd, "pids");
  using client = await connectShim(containerd, "pids");
  const { pid } = await client.state({ id: "pids" });
  t.deepEqual(
    (await client.pids({ id: "pids" })).processes.map((process) => process.pid),
    [pid],
  );
  t.is(readProcess(pid), undefined);
  await containerd.remove("pids");
});

each("down – a container that ends meanwhile – its exit code is there afterwards", async (t, containerd) => {
  await containerd.runDetached("meanwhile", ["/bin/sh", "-c", "until [ -e /go ]; do sleep 0.02; done; exit 23"]);
  using client = await connectShim(containerd, "meanwhile");
  const pid = (await containerd.task("meanwhile"))?.pid ?? 0;
  await containerd.kill9();
  letWrite(pid);
  t.is((await client.wait({ id: "meanwhile" })).exit_status, 23);
  await containerd.restart();
  if (!isReference) t.is((await containerd.task("meanwhile"))?.status, "STOPPED");
  if (!isReference) t.is(await exitStatus(containerd, "meanwhile"), 23);
  await containerd.remove("meanwhile");
});

each(
  "shim killed – running and stopped containers – are reported, nothing is left, the next one runs",
  async (t, containerd) => {
    await using events = await CtrEvents.open(containerd);
    await containerd.runDetached("victim", ["/bin/sleep", "1000"]);
    await containerd.runDetached("ended", ["/bin/sh", "-c", "exit 7"]);
    await untilStopped(containerd, "ended");
    const pid = (await containerd.task("victim"))?.pid ?? 0;
    for (const id of isReference ? ["victim", "ended"] : ["victim"]) {
      using client = await connectShim(containerd, id);
      process.kill((await client.connect({ id })).shim_pid, "SIGKILL");
    }
    t.is((await events.next("victim", "/tasks/delete")).fields["exit_status"], 137);
    t.is((await events.next("ended", "/tasks/delete")).fields["exit_status"], isReference ? 137 : 7);
    t.false(isAlive(pid));
    for (const id of ["victim", "ended"]) {
      await until(`the bundle of ${id} goes`, () => !existsSync(containerd.bundle(id)));
      await containerd.ctrOk("container", "delete", id);
    }
    t.like(await containerd.run("next", ["/bin/sh", "-c", "exit 4"], { flags: ["--rm"] }), { status: 4 });
  },
);

eachBeyondReference(
  "hooks – a denial – reaches ctr with its reason, the program never runs",
  async (t, { version }) => {
    const plugin = join(import.meta.dirname, "../examples/hook-prestart-policy/index.ts");
    const config = `linger = "1s"\n[[plugin]]\nname = "policy"\nuse = "module:${plugin}"\nconfig = { deny_programs = ["nc"] }\n`;
    await using containerd = await Containerd.start({ version, config });
    const denied = await containerd.run("denied", ["/bin/nc", "-h"]);
    t.like(denied, { status: 1, stdout: "" });
    t.regex(denied.stderr, /program nc is not allowed here/);
    t.like(await containerd.run("allowed", ["/bin/echo", "ran"], { flags: ["--rm"] }), { status: 0, stdout: "ran\n" });
  },
);

eachBeyondReference("grouping – containers one beside the other – share a daemon", async (t, containerd) => {
  const ids = ["one", "two", "three"];
  for (const id of ids) await containerd.runDetached(id, ["/bin/sleep", "1000"]);
  t.is(new Set(ids.map((id) => containerd.shimAddress(id))).size, 1);
  for (const id of ids) await containerd.remove(id);
});
