import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { runCommand, runCommandOk } from "./_support/command.ts";
import { Dunnage } from "./_support/dunnage.ts";
import { checkLeaks } from "./_support/leak-check.ts";
import { isAlive, readDescendants, readProcess } from "./_support/proc.ts";
import { toShimBinary } from "./_support/runtime-under-test.ts";
import { TaskRecorder } from "./_support/task-recorder.ts";
import { until } from "./_support/until.ts";

checkLeaks(test);

let dunnage: Dunnage;
test.before(() => {
  dunnage = new Dunnage();
});
test.after.always(async () => {
  await dunnage[Symbol.asyncDispose]();
});

const sh = (script: string): readonly string[] => ["/bin/sh", "-c", script];
/** Counts until a file in its root tells it to stop. */
const count = sh("i=0; until [ -e /dev/stop ]; do i=$((i+1)); echo $i; sleep 0.02; done; echo over; exit 3");
const stopCounting = (pid: number): void => writeFileSync(`/proc/${pid}/root/dev/stop`, "");

test.serial("run – speaks the Task API to the launcher's daemon, whose child the container is", async (t) => {
  const launcher = (
    await runCommandOk("sh", ["-c", `command -v ${toShimBinary(shimName())}`], { env: dunnage.env })
  ).trim();
  await using recorder = await TaskRecorder.start(join(dunnage.dir, "recorder"), launcher);
  const bundle = dunnage.bundle("calls", sh("echo ready; cat >/dev/null; exit 5"));
  using manager = dunnage.start("run", "-i", "--id", "calls", "--runtime", recorder.launcher, bundle);
  await manager.shows("ready");
  const container = await dunnage.find("calls");
  const daemon = dunnage.daemonOf(container);
  t.is(readProcess(container.pid)?.ppid, daemon);
  t.deepEqual(readDescendants(manager.pid), []);
  t.not(readProcess(daemon)?.ppid, manager.pid);
  t.is((await dunnage.call(["exec", "calls", "/bin/true"])).status, 0);
  manager.child.stdin?.end();
  t.is(await manager.ended, 5);
  await dunnage.ok("rm", "calls");
  const queries = ["State"];
  const calls = recorder.calls.filter((method) => !queries.includes(method));
  t.deepEqual(calls, ["Create", "Start", "Wait", "Exec", "Start", "Wait", "Delete", "CloseIO", "Delete"]);
  t.deepEqual([...recorder.services], ["containerd.task.v2.Task"]);
  const flags = String.raw`-namespace \S+ -address  -publish-binary  -id calls`;
  t.regex(recorder.commandLines.join("\n"), new RegExp(`^${flags} start\n${flags} -bundle \\S+/calls delete$`));
});

function shimName(): string {
  const { runtime } = dunnage;
  return runtime.includes(".") ? runtime : `io.containerd.dunnage-${runtime}.v1`;
}

test.serial("logs – has all output and follows it to the end – the manager was killed with -9", async (t) => {
  using manager = dunnage.start("run", "--id", "counting", dunnage.bundle("counting", count));
  await manager.shows("3\n");
  manager.child.kill("SIGKILL");
  await manager.ended;
  const { status, pid } = await dunnage.find("counting");
  t.is(status, "running");
  using follower = dunnage.start("logs", "-f", "counting");
  const seen = Number(manager.stdout.trim().split("\n").at(-1));
  await follower.shows(`\n${seen + 20}\n`);
  stopCounting(pid);
  t.is(await follower.ended, 0);
  const lines = follower.stdout.trim().split("\n");
  t.is(lines.pop(), "over");
  t.deepEqual(
    lines,
    lines.map((_, index) => String(index + 1)),
  );
  t.like(await dunnage.find("counting"), { status: "exited", exitStatus: 3 });
  t.is((await dunnage.call(["logs", "--tail", "2", "counting"])).stdout, `${lines.at(-1)}\nover\n`);
  await dunnage.ok("rm", "counting");
});

test.serial("run -d – output, exit status and removal without a client that waits", async (t) => {
  const { pid } = await dunnage.runDetached("alone", count);
  await until(async () => Number(await dunnage.ok("logs", "-n", "1", "alone")) > 9, "it counts");
  stopCounting(pid);
  await until(async () => (await dunnage.find("alone")).status === "exited", "it has ended");
  t.is((await dunnage.find("alone")).exitStatus, 3);
  t.regex(await dunnage.ok("logs", "alone"), /^1\n2\n(?:.*\n)*over\n$/);
  await dunnage.ok("rm", "alone");
});

test.serial("attach – each sees what comes after it, the input of all goes in – several clients", async (t) => {
  await dunnage.runDetached("shared", ["/bin/cat"], "-i");
  using a = dunnage.start("attach", "shared");
  a.type("from a\n");
  await a.shows("from a\n");
  using b = dunnage.start("attach", "--close-stdin", "shared");
  b.type("from b\n");
  await b.shows("from b\n");
  await a.shows("from b\n");
  a.child.stdin?.end();
  b.type("more\n");
  await a.shows("more\n");
  using watcher = dunnage.start("attach", "--no-stdin", "shared");
  await until(() => {
    b.type(".\n");
    return watcher.stdout !== "";
  }, "the watcher is there");
  b.child.stdin?.end("last\n");
  t.deepEqual(await Promise.all([a.ended, b.ended, watcher.ended]), [0, 0, 0]);
  t.regex(a.stdout, /^from a\nfrom b\nmore\n(\.\n)+last\n$/);
  t.is(b.stdout, a.stdout.slice("from a\n".length));
  t.regex(watcher.stdout, /^(\.\n)+last\n$/);
  t.is(await dunnage.ok("logs", "shared"), a.stdout);
  await dunnage.ok("rm", "shared");
});

test.serial("exec – has its own streams, exit status, user, directory and variables", async (t) => {
  await dunnage.runDetached("host", ["/bin/sleep", "1000"]);
  const script = "id -u; id -g; pwd; echo $A; cat; echo err >&2; exit 9";
  const flags = ["-i", "-u", "5:6", "-w", "/bin", "-e", "A=b c", "host"];
  const result = await dunnage.call(["exec", ...flags, ...sh(script)], { input: "typed\n" });
  t.like(result, { status: 9, stdout: "5\n6\n/bin\nb c\ntyped\n", stderr: "err\n" });
  t.like(await dunnage.call(["exec", "host", "/no/such"]), { status: 125, stdout: "" });
  t.is((await dunnage.call(["exec", "host", ...sh("kill -9 $$")])).status, 137);
  t.like(await dunnage.call(["exec", "-u", "root", "host", "/bin/true"]), { status: 125 });
  const much = await dunnage.call(["exec", "host", ...sh("seq 1 200000")]);
  t.is(much.stdout, Array.from({ length: 200_000 }, (_, i) => `${i + 1}\n`).join(""));
  await dunnage.ok("rm", "-f", "host");
});

test.serial("exec – runs on by itself, and the next exec cleans up after it – -d", async (t) => {
  const { directory } = await dunnage.runDetached("host", ["/bin/sleep", "1000"]);
  const { pid, execId } = JSON.parse(await dunnage.ok("exec", "-d", "--json", "host", "/bin/sleep", "1000"));
  t.true(isAlive(pid));
  t.true(existsSync(join(directory, "execs", execId)));
  process.kill(pid, "SIGKILL");
  await until(async () => {
    await dunnage.ok("exec", "host", "/bin/true");
    return !existsSync(join(directory, "execs", execId));
  }, "the shim knows");
  await dunnage.ok("rm", "-f", "host");
});

test.serial("exec – stops the process as a pipe would – no process reads its output any more", async (t) => {
  await dunnage.runDetached("host", ["/bin/sleep", "1000"]);
  const words = dunnage.args(["exec", "host", "/bin/yes"]).join(" ");
  const script = `{ dunnage ${words}; echo "status $?" >&2; } | head -n 1`;
  const { stdout, stderr } = await runCommand("sh", ["-c", script], { env: dunnage.env });
  t.deepEqual({ stdout, stderr }, { stdout: "y\n", stderr: "status 141\n" });
  await dunnage.ok("rm", "-f", "host");
});

test.serial("kill, exec, attach, logs, rm – say what is wrong in one line", async (t) => {
  await dunnage.ok("run", "-d", "--id", "over", dunnage.bundle("over", ["/bin/true"]));
  await until(async () => (await dunnage.find("over")).status === "exited", "it has ended");
  for (const [args, status, message] of [
    [["kill", "none"], 1, "dunnage kill: container none: not found"],
    [["rm", "none"], 1, "dunnage rm: container none: not found"],
    [["logs", "none"], 1, "dunnage logs: container none: not found"],
    [["exec", "none", "/bin/true"], 125, "dunnage exec: container none: not found"],
    [["attach", "none"], 125, "dunnage attach: container none: not found"],
    [["exec", "over", "/bin/true"], 125, "dunnage exec: container over is not running: it is exited"],
    [["attach", "over"], 125, "dunnage attach: container over is not running: it is exited"],
    [["kill", "-s", "TREM", "over"], 1, "dunnage kill: unknown signal TREM; did you mean `SIGTERM`?"],
    [["logs", "-n", "x", "over"], 1, "dunnage logs: --tail x: not a number of lines"],
  ] as const) {
    t.like(await dunnage.call(args), { status, stdout: "", stderr: `${message}\n` });
  }
  t.regex((await dunnage.call(["kill", "over"])).stderr, /^dunnage kill: container over is not running: [^\n]*\n$/);
  const { status, stderr } = await dunnage.call(["rm", "none", "over"]);
  t.deepEqual({ status, stderr }, { status: 1, stderr: "dunnage: container none: not found\n" });
  t.deepEqual(await dunnage.ps(), []);
});
