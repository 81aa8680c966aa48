import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { Containerd } from "./_support/containerd.ts";
import { versionUnderTest } from "./_support/containerd-version.ts";
import { checkLeaks } from "./_support/leak-check.ts";
import { readMounts } from "./_support/proc.ts";
import { exitStatus } from "./_support/task-client.ts";
import { until } from "./_support/until.ts";

checkLeaks(test);

let containerd: Containerd;
test.before(async () => {
  containerd = await Containerd.start();
});
test.after.always(() => containerd[Symbol.asyncDispose]());

test("ctr run – streams – stdout and stderr arrive apart and complete", async (t) => {
  const script = "for i in $(seq 1 3000); do echo out $i; done; echo oops >&2; printf end";
  const result = await containerd.run("streams", ["/bin/sh", "-c", script], { flags: ["--rm"] });
  const lines = Array.from({ length: 3000 }, (_, index) => `out ${index + 1}\n`);
  t.like(result, { status: 0, stderr: "oops\n" });
  t.is(result.stdout, `${lines.join("")}end`);
});

test("ctr run – output – 8 MiB arrive byte by byte", async (t) => {
  const script = "dd if=/dev/zero bs=65536 count=128 2>/dev/null | tr '\\0' x; exit 3";
  const result = await containerd.run("bytes", ["/bin/sh", "-c", script], { flags: ["--rm"] });
  t.is(result.stdout.length, 8 << 20);
  t.regex(result.stdout, /^x*$/);
  t.is(result.status, 3);
});

const exitCode = test.macro({
  title: (_, code: number) => `ctr run – exit code – ${code}`,
  exec: async (t, code: number) => {
    const id = `code-${code}`;
    t.like(await containerd.run(id, ["/bin/sh", "-c", `exit ${code}`], { flags: ["--rm"] }), { status: code });
    t.is((await containerd.ctr("container", "info", id)).status, 1, "--rm has removed the container");
  },
});
for (const code of [0, 1, 7, 127, 255]) test(exitCode, code);

const signalDeath = test.macro({
  title: (_, signal: string, status: number) => `ctr task kill – ${signal} – status ${status}`,
  exec: async (t, signal: string, status: number) => {
    const id = `signal-${signal.toLowerCase()}`;
    // The signal kills a child of the shell, because pid 1 of a container ignores signals that it does not handle.
    const script = `sleep 1000 & child=$!; trap 'kill -${signal} $child' ${signal}; echo ready; wait $child; wait $child`;
    const command = signal === "KILL" ? ["/bin/sleep", "1000"] : ["/bin/sh", "-c", script];
    await containerd.runDetached(id, command);
    await until(async () => {
      await containerd.ctr("task", "kill", "--signal", signal, id);
      return (await containerd.task(id))?.status === "STOPPED";
    }, "the signal ends it");
    t.is(await exitStatus(containerd, id), status);
    await containerd.remove(id);
  },
});
test(signalDeath, "KILL", 137);
test(signalDeath, "TERM", 143);
test(signalDeath, "USR1", 138);

test("ctr run – a process that ends by itself with a signal – status is 128 plus its number", async (t) => {
  const script = "sh -c 'kill -SEGV $$'; exit $?";
  t.like(await containerd.run("segv", ["/bin/sh", "-c", script], { flags: ["--rm"] }), { status: 139 });
});

test("ctr run -d – life of a task – listed, killed, stopped, deleted", async (t) => {
  await containerd.runDetached("life", ["/bin/sleep", "1000"]);
  const task = await containerd.task("life");
  t.is(task?.status, "RUNNING");
  t.true((task?.pid ?? 0) > 0);
  t.regex((await containerd.ctr("task", "delete", "life")).stderr, /must be stopped before deletion/);
  await containerd.ctrOk("task", "kill", "--signal", "KILL", "life");
  await until(async () => (await containerd.task("life"))?.status === "STOPPED", "the task has stopped");
  t.is((await containerd.task("life"))?.pid, task?.pid);
  t.is(await exitStatus(containerd, "life"), 137);
  await containerd.ctrOk("task", "delete", "life");
  t.is(await containerd.task("life"), undefined);
  await containerd.ctrOk("container", "delete", "life");
});

test("ctr run – root file system, an overlay – is writable inside and unmounted at the end", async (t) => {
  await containerd.runDetached("overlay", ["/bin/sh", "-c", "echo hi > /made; sleep 1000"]);
  const pid = (await containerd.task("overlay"))?.pid;
  t.regex(readFileSync(`/proc/${pid}/mounts`, "utf8"), /^overlay \/ overlay rw/m);
  await until(() => existsSync(`/proc/${pid}/root/made`), "it has written");
  const bundle = containerd.bundle("overlay");
  t.deepEqual(readMounts(bundle), [join(bundle, "rootfs")]);
  await containerd.remove("overlay");
  t.deepEqual(readMounts(bundle), []);
});

test("ctr run --null-io – output – goes nowhere, the exit code arrives", async (t) => {
  const flags = ["--rm", "--null-io"];
  const result = await containerd.run("null-io", ["/bin/sh", "-c", "echo x; cat; exit 5"], { flags });
  t.like(result, { status: 5, stdout: "" });
});

test("ctr run – the same container twice – refused, the first one untouched", async (t) => {
  await containerd.runDetached("twice", ["/bin/sleep", "1000"]);
  const second = await containerd.run("twice", ["/bin/true"]);
  t.is(second.status, 1);
  t.regex(second.stderr, /already exists/);
  t.is((await containerd.task("twice"))?.status, "RUNNING");
  await containerd.remove("twice");
});

test("ctr run – a command that the image lacks – the runtime's message arrives", async (t) => {
  const result = await containerd.run("no-command", ["/bin/bahs"]);
  t.is(result.status, 1);
  t.regex(result.stderr, /runc create failed|create failed/);
  t.regex(result.stderr, /\/bin\/bahs.*no such file or directory|executable file not found/);
  await containerd.ctrOk("container", "delete", "no-command");
});

test("ctr run – a command that is not in PATH – 'executable file not found' arrives", async (t) => {
  const result = await containerd.run("no-path", ["bahs"]);
  t.is(result.status, 1);
  t.regex(result.stderr, /OCI runtime create failed: .*"bahs": executable file not found in \$PATH/);
  t.is(await containerd.task("no-path"), undefined);
  await containerd.ctrOk("container", "delete", "no-path");
});

// containerd 2 maps the owners of the image's files when it mounts it. Earlier versions make a copy for each mapping.
const remapLabels = versionUnderTest === "1.6" ? [] : ["--remap-labels"];
const inUserNamespace = (uid: number, gid: number): readonly string[] => [
  "--uidmap",
  `0:${uid}:65536`,
  "--gidmap",
  `0:${gid}:65536`,
  ...remapLabels,
];

test("ctr run --uidmap --gidmap – files of the image – belong to root inside, output arrives", async (t) => {
  const script =
    "cat /proc/self/uid_map; stat -c %u:%g /bin/busybox; touch /made && stat -c %u:%g /made; echo oops >&2; exit 4";
  const flags = ["--rm", ...inUserNamespace(100_000, 200_000)];
  const result = await containerd.run("mapped", ["/bin/sh", "-c", script], { flags });
  t.like(result, { status: 4, stderr: "oops\n" });
  t.deepEqual(result.stdout.trim().split(/\s+/), ["0", "100000", "65536", "0:0", "0:0"]);
});

test("ctr run --uidmap --gidmap – one mount, an exec that opens its streams again – nothing is left", async (t) => {
  await containerd.runDetached("mapped-exec", ["/bin/sleep", "1000"], { flags: inUserNamespace(300_000, 400_000) });
  const bundle = containerd.bundle("mapped-exec");
  t.deepEqual(readMounts(bundle), [join(bundle, "rootfs")]);
  const script = "echo out >/dev/stdout; echo err >/dev/stderr; stat -c %u:%g /bin/busybox; exit 7";
  const exec = await containerd.exec("mapped-exec", "e", ["/bin/sh", "-c", script]);
  t.deepEqual([exec.status, exec.stdout, exec.stderr], [7, "out\n0:0\n", "err\n"]);
  const pid = (await containerd.task("mapped-exec"))?.pid;
  t.like(statSync(`/proc/${pid}/root/bin/busybox`), { uid: 300_000, gid: 400_000 });
  await containerd.remove("mapped-exec");
  t.deepEqual(readMounts(bundle), []);
});
