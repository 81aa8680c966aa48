import test from "ava";
import { Containerd } from "./_support/containerd.ts";
import { inParallel } from "./_support/in-parallel.ts";
import { runKilledExec } from "./_support/killed-exec.ts";
import { checkLeaks } from "./_support/leak-check.ts";
import { readFds } from "./_support/proc.ts";
import { isReference } from "./_support/runtime-under-test.ts";
import { connectShim } from "./_support/task-client.ts";
import { until } from "./_support/until.ts";

checkLeaks(test);

const beyondReference = isReference ? test.serial.skip : test.serial;

let containerd: Containerd;
test.before(async () => {
  containerd = await Containerd.start();
  await containerd.runDetached("main", ["/bin/sleep", "100000"]);
});
test.after.always(() => containerd[Symbol.asyncDispose]());

const exitCode = test.macro({
  title: (_, code: number) => `ctr task exec – exit code – ${code}`,
  exec: async (t, code: number) => {
    const script = `echo out; echo err >&2; exit ${code}`;
    const result = await containerd.exec("main", `code-${code}`, ["/bin/sh", "-c", script]);
    t.like(result, { status: code, stdout: "out\n" });
    t.true(result.stderr.startsWith("err\n"));
  },
});
for (const code of [0, 1, 7, 255]) test(exitCode, code);

test("ctr task exec – process – runs in the container's namespaces", async (t) => {
  const { stdout } = await containerd.exec("main", "namespaces", ["/bin/ps", "-o", "pid,args"]);
  t.regex(stdout, /^ *1 \/bin\/sleep 100000$/m);
});

test("ctr task exec – a command that is not in PATH – the message arrives, the container lives on", async (t) => {
  const result = await containerd.exec("main", "no-command", ["bahs"]);
  t.is(result.status, 1);
  t.regex(result.stderr, /OCI runtime exec failed: .*"bahs": executable file not found in \$PATH/);
  t.is((await containerd.task("main"))?.status, "RUNNING");
});

test("ctr task exec -d – kill by exec id – ends the exec only, with 128 plus the signal", async (t) => {
  t.is((await containerd.execDetached("main", "detached", ["/bin/sleep", "1000"])).status, 0);
  using client = await connectShim(containerd, "main");
  const wait = client.wait({ id: "main", exec_id: "detached" });
  await containerd.ctrOk("task", "kill", "--signal", "TERM", "--exec-id", "detached", "main");
  t.is((await wait).exit_status, 143);
  t.is((await client.state({ id: "main", exec_id: "detached" })).status, 3);
  await client.delete({ id: "main", exec_id: "detached" });
  t.is((await containerd.task("main"))?.status, "RUNNING");
});

test("ctr task exec – an exec id that is in use – refused", async (t) => {
  await containerd.execDetached("main", "taken", ["/bin/sleep", "1000"]);
  const second = await containerd.exec("main", "taken", ["/bin/true"]);
  t.is(second.status, 1);
  t.regex(second.stderr, /taken: already exists/);
  using client = await connectShim(containerd, "main");
  await client.kill({ id: "main", exec_id: "taken", signal: 9 });
  await client.wait({ id: "main", exec_id: "taken" });
  await client.delete({ id: "main", exec_id: "taken" });
});

test("ctr task exec – in parallel – every exit code belongs to its own exec", async (t) => {
  const codes = Array.from({ length: 12 }, (_, index) => index + 20);
  const run = (code: number) => containerd.exec("main", `parallel-${code}`, ["/bin/sh", "-c", `exit ${code}`]);
  const results = await Promise.all(codes.map(run));
  t.deepEqual(
    results.map(({ status }) => status),
    codes,
  );
});

test("ctr task exec – a container that ends – ends its execs, whose exits come first", async (t) => {
  await containerd.runDetached("ends", ["/bin/sleep", "1000"]);
  await containerd.execDetached("ends", "inside", ["/bin/sleep", "1000"]);
  using client = await connectShim(containerd, "ends");
  const order: string[] = [];
  const waits = ["inside", ""].map(async (exec_id) => {
    const { exit_status } = await client.wait({ id: "ends", exec_id });
    order.push(exec_id);
    return exit_status;
  });
  await client.kill({ id: "ends", signal: 9 });
  t.deepEqual(await Promise.all(waits), [137, 137]);
  t.deepEqual(order, ["inside", ""]);
  await containerd.remove("ends");
});

test("ctr task exec – output – 4 MiB arrive complete", async (t) => {
  const script = "dd if=/dev/zero bs=65536 count=64 2>/dev/null | tr '\\0' y";
  const { stdout, status } = await containerd.exec("main", "bytes", ["/bin/sh", "-c", script]);
  t.is(stdout.length, 4 << 20);
  t.is(status, 0);
});

test("Task API – Pids – names the execs", async (t) => {
  await containerd.execDetached("main", "listed", ["/bin/sleep", "1000"]);
  const listed = await until(async () => {
    const rows = (await containerd.ctrOk("task", "ps", "main")).split("\n");
    return rows.find((row) => row.includes("listed"));
  }, "ctr lists the exec");
  t.regex(listed, /^\d+\s/);
  using client = await connectShim(containerd, "main");
  await client.kill({ id: "main", exec_id: "listed", signal: 9 });
  await client.wait({ id: "main", exec_id: "listed" });
  await client.delete({ id: "main", exec_id: "listed" });
});

beyondReference(
  "ctr task exec – 30, a third with clients that are killed – the daemon holds no descriptor of theirs",
  async (t) => {
    await containerd.runDetached("left", ["/bin/sleep", "1000"]);
    using client = await connectShim(containerd, "left");
    const { shim_pid: daemon } = await client.connect({ id: "left" });
    const before = readFds(daemon).size;
    const numbers = Array.from({ length: 30 }, (_, index) => index);
    await inParallel(numbers, 6, async (number) => {
      if (number % 3 === 0) await runKilledExec({ containerd, client }, "left", `killed-${number}`);
      else t.is((await containerd.exec("left", `exec-${number}`, ["/bin/true"])).status, 0);
    });
    await containerd.remove("left");
    await until(() => readFds(daemon).size <= before, "the descriptors are closed");
    t.pass();
  },
);
