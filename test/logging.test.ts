import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { toOciProcess } from "./_support/bundle.ts";
import { Containerd } from "./_support/containerd.ts";
import { DirectShim, sharedRootfs } from "./_support/direct-shim.ts";
import { checkLeaks } from "./_support/leak-check.ts";
import { copyBoth, LoggingBinary } from "./_support/logging-binary.ts";
import { allLines, letWrite, writeLines } from "./_support/numbered-lines.ts";
import { isAlive } from "./_support/proc.ts";
import { isReference } from "./_support/runtime-under-test.ts";
import { connectShim, exitStatus } from "./_support/task-client.ts";
import { toTerminalSpec } from "./_support/terminal-client.ts";
import { until } from "./_support/until.ts";

checkLeaks(test);

// containerd's own shim does not supervise its loggers, has no log file for a terminal, and passes parameters in random
// order.
const beyondReference = isReference ? test.serial.skip : test.serial;

let containerd: Containerd;
test.before(async () => {
  // Less than containerd's own limit: on a busy machine `delete` may need more than the default.
  containerd = await Containerd.start({ env: { DUNNAGE_DELETE_LIMIT_MS: "50000" } });
});
test.after.always(() => containerd[Symbol.asyncDispose]());

const shell = (script: string): readonly string[] => ["/bin/sh", "-c", script];
const both = shell("echo out; echo err >&2; exit 3");

/** Runs `ctr run -d` with a log URI. */
const runWith = (uri: string, id: string, command: readonly string[]): Promise<void> =>
  containerd.runDetached(id, command, { flags: ["--log-uri", uri] });

async function finish(id: string): Promise<number> {
  const status = await exitStatus(containerd, id);
  await containerd.ctrOk("task", "delete", id).catch(() => undefined); // exits with the task's status
  await containerd.ctrOk("container", "delete", id);
  return status;
}

test.serial("ctr run --log-uri file:// – both streams – appended, the file made with its directories", async (t) => {
  const path = join(containerd.dir, "logs/a b/c.log");
  for (const id of ["file-1", "file-2"]) {
    await runWith(`file://${containerd.dir}/logs/a%20b/c.log`, id, both);
    t.is(await finish(id), 3);
  }
  t.deepEqual(readFileSync(path, "utf8").trim().split("\n").sort(), ["err", "err", "out", "out"]);
});

test.serial(
  "ctr run --log-uri file:// – a MiB – complete, also what the container writes to /dev/stdout",
  async (t) => {
    const path = join(containerd.dir, "logs/lines.log");
    const [, , script] = writeLines;
    await runWith(`file://${path}`, "lines", shell(`echo first > /dev/stdout; ${script}`));
    letWrite((await containerd.task("lines"))?.pid ?? 0);
    t.is(await finish("lines"), 42);
    t.true(readFileSync(path, "utf8") === `first\n${allLines}`);
  },
);

test.serial("Task API – exec – file:// and binary:// – get the exec's output", async (t) => {
  await containerd.runDetached("host", ["/bin/sleep", "1000"]);
  const path = join(containerd.dir, "logs/exec.log");
  const logger = new LoggingBinary(containerd, "exec", `echo $CONTAINER_ID $CONTAINER_NAMESPACE > seen; ${copyBoth}`);
  using client = await connectShim(containerd, "host");
  for (const [exec_id, uri] of [
    ["in-file", `file://${path}`],
    ["in-binary", logger.uri()],
  ] as const) {
    const spec = { value: Buffer.from(JSON.stringify(toOciProcess(both))) };
    await client.exec({ id: "host", exec_id, spec, stdout: uri, stderr: uri });
    await client.start({ id: "host", exec_id });
    t.is((await client.wait({ id: "host", exec_id })).exit_status, 3);
    await client.delete({ id: "host", exec_id });
  }
  t.deepEqual(readFileSync(path, "utf8").trim().split("\n").sort(), ["err", "out"]);
  t.is(logger.read("seen"), `in-binary ${containerd.namespace}\n`);
  t.is(logger.read("out"), "out\n");
  t.is(logger.read("err"), "err\n");
  t.deepEqual(logger.pids.map(isAlive), [false]);
  await containerd.remove("host");
});

test.serial("ctr run --log-uri binary:// – the contract – arguments, environment, streams, its end", async (t) => {
  const script = `for arg; do echo "$arg" >> args; done; tr '\\0' '\\n' < /proc/$$/environ > env; pwd > dir; ${copyBoth}`;
  const logger = new LoggingBinary(containerd, "contract", script);
  await runWith(logger.uri("key=a%20value"), "contract", both);
  t.is(await finish("contract"), 3);
  t.is(logger.read("args"), "key\na value\n");
  const env = logger.read("env").trim().split("\n").sort();
  t.deepEqual(env, ["CONTAINER_ID=contract", `CONTAINER_NAMESPACE=${containerd.namespace}`]);
  t.is(logger.read("out"), "out\n");
  t.is(logger.read("err"), "err\n");
  t.deepEqual(logger.pids.map(isAlive), [false]);
});

beyondReference(
  "ctr run --log-uri binary:// – a logger that is slow at the end – finishes before Delete returns",
  async (t) => {
    const logger = new LoggingBinary(containerd, "slow", "exec 5>&-; cat <&3 > out; sleep 1; echo finished >> out");
    await runWith(logger.uri(), "slow", shell("echo line"));
    t.is(await finish("slow"), 0);
    t.is(logger.read("out"), "line\nfinished\n");
  },
);

beyondReference(
  "ctr run --log-uri binary:// – a logger that is killed – is started again, no line is lost",
  async (t) => {
    const logger = new LoggingBinary(containerd, "killed");
    await runWith(logger.uri(), "killed", shell("echo one; until [ -e /go ]; do sleep 0.02; done; echo two"));
    await until(() => logger.read("out") === "one\n", "the first line is logged");
    process.kill(-(logger.pids[0] ?? 0), "SIGKILL");
    await until(() => logger.pids.length === 2, "another logger runs");
    t.true(containerd.log.includes("logger died"), containerd.log.slice(-2000));
    letWrite((await containerd.task("killed"))?.pid ?? 0);
    t.is(await finish("killed"), 0);
    t.is(logger.read("out"), "one\ntwo\n");
  },
);

beyondReference("ctr run --log-uri binary:// – a logger that always dies – its container ends in peace", async (t) => {
  const logger = new LoggingBinary(containerd, "dies", "printf x >&5; exit 1");
  await runWith(logger.uri(), "dies", writeLines);
  letWrite((await containerd.task("dies"))?.pid ?? 0);
  t.is(await finish("dies"), 42);
  t.is(logger.pids.length, 6);
  t.regex(containerd.log, new RegExp(`output without a logger was dropped.*dropped_bytes=${allLines.length}`));
});

test.serial("containerd killed and restarted – a logger at work – continues, no line is lost", async (t) => {
  const logger = new LoggingBinary(containerd, "restart");
  await runWith(logger.uri(), "restart", writeLines);
  await until(() => logger.pids.length === 1, "the logger runs");
  letWrite((await containerd.task("restart"))?.pid ?? 0);
  await containerd.kill9();
  await until(() => logger.read("out").length > allLines.length / 4, "a part is logged");
  await containerd.restart();
  t.is(await finish("restart"), 42);
  t.true(logger.read("out") === allLines);
  t.deepEqual(logger.pids.map(isAlive), [false]);
});

beyondReference("shim killed – loggers of init and exec – are ended by `delete`", async (t) => {
  const stubborn = "exec 5>&-; trap '' TERM; cat <&3 > out; while :; do sleep 0.1; done";
  const loggers = ["of-init", "of-exec"].map((name) => new LoggingBinary(containerd, name, stubborn));
  const [ofInit, ofExec] = loggers.map((logger) => logger.uri());
  await runWith(ofInit ?? "", "orphans", ["/bin/sleep", "1000"]);
  using client = await connectShim(containerd, "orphans");
  const spec = { value: Buffer.from(JSON.stringify(toOciProcess(["/bin/sleep", "1000"]))) };
  await client.exec({ id: "orphans", exec_id: "exec", spec, stdout: ofExec ?? "" });
  await client.start({ id: "orphans", exec_id: "exec" });
  const { shim_pid } = await client.connect({ id: "orphans" });
  const pids = loggers.flatMap((logger) => logger.pids);
  t.deepEqual(pids.map(isAlive), [true, true]);
  process.kill(shim_pid, "SIGKILL");
  await until(() => !existsSync(containerd.bundle("orphans")), "the bundle goes");
  t.deepEqual(pids.map(isAlive), [false, false]);
  await containerd.ctrOk("container", "delete", "orphans");
});

/** Starts a shim with a bundle whose init has a terminal and prints a line on it. */
const startTerminal = (id: string): Promise<DirectShim> =>
  DirectShim.start(containerd, id, {
    spec: toTerminalSpec(shell("stty size; echo err >&2; tty"), sharedRootfs(containerd), { width: 90, height: 30 }),
  });

beyondReference("Task API – terminal – stdout is a file", async (t) => {
  await using shim = await startTerminal("terminal-file");
  const { client, id } = shim;
  const path = join(shim.bundle, "logs/terminal");
  await shim.create({ terminal: true, stdout: `file://${path}` });
  await client.start({ id });
  t.is((await client.wait({ id })).exit_status, 0);
  await client.delete({ id });
  t.is(readFileSync(path, "utf8"), "30 90\r\nerr\r\n/dev/pts/0\r\n");
});

test.serial("Task API – terminal – stdout is a logging binary", async (t) => {
  await using shim = await startTerminal("terminal-binary");
  const { client, id } = shim;
  const logger = new LoggingBinary(containerd, "terminal", "exec 5>&-; cat <&3 > out; echo end >> out");
  await shim.create({ terminal: true, stdout: logger.uri() });
  await client.start({ id });
  t.is((await client.wait({ id })).exit_status, 0);
  await client.delete({ id });
  await until(() => !logger.pids.some(isAlive), "the logger ends");
  t.regex(logger.read("out"), /^(30 90|0 0)\r\nerr\r\n\/dev\/pts\/0\r\nend\n$/);
});
