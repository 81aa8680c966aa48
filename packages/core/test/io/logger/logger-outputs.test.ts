import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { Code } from "@dunnage/ttrpc";
import test from "ava";
import { readProcess } from "../../../src/native/proc.ts";
import { numberedLines, StdioScene } from "../../_support/stdio-scene.ts";
import { until } from "../../_support/until.ts";

/** Copies both streams to files in parallel, and exits when both have ended. */
const copying = "exec 5>&-; cat <&3 >> out & cat <&4 >> err & wait";
const read = (scene: StdioScene, name: string): string =>
  existsSync(scene.dir.join(name)) ? readFileSync(scene.dir.join(name), "utf8") : "";
const exists = (pid: number): boolean => !"ZX".includes(readProcess(pid)?.state ?? "X");

for (const whenReaderIsAway of ["block", "drop-oldest"] as const) {
  test.serial(`binary:// – both streams, complete at the end – ${whenReaderIsAway}`, async (t) => {
    await using scene = new StdioScene();
    const uri = scene.logger("log", copying);
    const io = await scene.open({ stdout: uri, stderr: uri }, { whenReaderIsAway, dropBufferBytes: 8 * 1024 * 1024 });
    t.is(await scene.run(io, "seq 1 100000; seq 1 1000 >&2").ended, 0);
    t.true(await io.drained(60_000));
    t.is(read(scene, "out"), numberedLines(100_000));
    t.is(read(scene, "err"), numberedLines(1000));
    io.close();
    await until(() => scene.leaks().length === 0, "no open stream");
    t.deepEqual(scene.log.lines, []);
  });
}

test.serial("binary:// – the contract – arguments, environment, directory, descriptors", async (t) => {
  await using scene = new StdioScene();
  const script = `exec 5>&-
    { for arg; do echo "arg $arg"; done; pwd; } > told
    tr '\\0' '\\n' < /proc/$$/environ > env
    ls -l /proc/$$/fd | cat > fds
    while read name value; do case $name in SigBlk:|SigIgn:) echo $name $value; esac; done < /proc/$$/status > signals
    cat <&3 > out`;
  const uri = scene.logger("log", script);
  const io = await scene.open({ stdout: `${uri}?b=2%203&a=`, stderr: "ignored" });
  t.is(await scene.run(io, "echo hello").ended, 0);
  t.true(await io.drained(60_000));
  t.is(read(scene, "told"), `arg b\narg 2 3\narg a\narg \n${scene.dir.path}\n`);
  t.deepEqual(read(scene, "env").trim().split("\n").sort(), ["CONTAINER_ID=subject", "CONTAINER_NAMESPACE=scene"]);
  const fds = [...read(scene, "fds").matchAll(/ (\d+) -> (\S+)/g)].map(([, fd, file]) => [Number(fd), file]);
  // The script has closed descriptors from 5 on, so these may belong to its pipeline.
  const ofShell = ([fd, file]: (number | string | undefined)[]): boolean =>
    Number(fd) > 4 || String(file).includes("/log");
  const own = fds.filter((entry) => !ofShell(entry));
  t.deepEqual(
    own.map(([fd, file]) => `${fd} ${String(file).replace(/\d+/, "N")}`),
    ["0 /dev/null", "1 /dev/null", "2 /dev/null", "3 pipe:[N]", "4 pipe:[N]"],
  );
  t.regex(read(scene, "signals"), /^SigBlk: 0+\nSigIgn: 0+\n$/);
  t.is(read(scene, "out"), "hello\n");
});

test.serial("binary:// – waits until the logger is ready", async (t) => {
  await using scene = new StdioScene();
  const go = scene.fifo("go");
  const uri = scene.logger("log", `read line < ${go}; echo ready > was; printf x >&5; cat <&3 > /dev/null`);
  const opening = scene.open({ stdout: uri });
  scene.client(`echo go > ${go}`);
  const io = await opening;
  t.is(read(scene, "was"), "ready\n");
  io.handedOver();
  io.processExited();
  t.true(await io.drained(60_000));
});

interface Failure {
  /** Undefined: there is no such file. */
  readonly script?: string;
  readonly code: number;
  readonly message: string;
  readonly scheme?: string;
}

const fails = (title: string, { script, code, message, scheme = "binary" }: Failure) =>
  test.serial(`${scheme}:// – ${title}`, async (t) => {
    await using scene = new StdioScene();
    const path = scene.dir.join("log");
    if (script !== undefined) scene.logger("log", script);
    const times = { readyMs: 300, restartMs: 1, healthyMs: 60_000, graceMs: 100, terminateMs: 100 };
    const paths = { stdin: scene.fifo("in"), stdout: `${scheme}://${path}` };
    const error = await t.throwsAsync(() => scene.open(paths, { loggerTimes: times }));
    t.like(error, { code, message: message.replace("PATH", path) });
    await until(() => scene.leaks().length === 0, "no open stream");
    const pids = read(scene, "pids").split("\n").filter(Boolean).map(Number);
    await until(() => !pids.some(exists), "the end of the logger and what it has started");
  });

fails("InvalidArgument – no such file", {
  code: Code.InvalidArgument,
  message: "failed to start binary process: PATH: not an executable file (ENOENT)",
});
fails("Unknown – it ends at once", {
  script: "exit 7",
  code: Code.Unknown,
  message: "logging binary PATH ended before it was ready: exit status 7",
});
fails("Unknown – it is killed", {
  script: "echo $$ > pids; kill -9 $$",
  code: Code.Unknown,
  message: "logging binary PATH ended before it was ready: exit status 137",
});
fails("Unknown – never ready", {
  script: "sleep 1000 & echo $$ > pids; echo $! >> pids; wait",
  code: Code.Unknown,
  message: "logging binary PATH was not ready within 300 ms",
});
fails("Unknown – it has closed the descriptor only", {
  script: "exec 5>&-; echo $$ > pids; exec sleep 1000",
  code: Code.Unknown,
  message: "logging binary PATH has closed its descriptor 5 without being ready",
  scheme: "binary-v2",
});

test.serial("binary:// – InvalidArgument – a directory, a file that is no program", async (t) => {
  await using scene = new StdioScene();
  mkdirSync(scene.dir.join("dir"));
  writeFileSync(scene.dir.join("text"), "text", { mode: 0o644 });
  for (const name of ["dir", "text", "text/below"]) {
    const error = await t.throwsAsync(() => scene.open({ stdout: `binary://${scene.dir.join(name)}` }));
    t.like(error, { code: Code.InvalidArgument });
    t.regex(error?.message ?? "", /not an executable file/);
  }
  const error = await t.throwsAsync(() => scene.open({ stderr: "binary:///bin/true" }));
  t.like(error, { code: Code.InvalidArgument, message: "a logging binary gets both outputs: stdout must name it" });
  t.deepEqual(scene.leaks(), []);
});

test.serial("binary-v2:// – ready with a byte", async (t) => {
  await using scene = new StdioScene();
  const uri = scene.logger("log", "printf x >&5; exec 5>&-; cat <&3 > out").replace("binary", "binary-v2");
  const io = await scene.open({ stdout: uri });
  t.is(await scene.run(io, "echo hello").ended, 0);
  t.true(await io.drained(60_000));
  t.is(read(scene, "out"), "hello\n");
});

test.serial("binary:// – a logger that dies is restarted – no line is lost that it had not taken", async (t) => {
  await using scene = new StdioScene();
  const uri = scene.logger("log", "printf x >&5; echo start >> starts; read line <&3 && echo $line >> out; kill -9 $$");
  const io = await scene.open({ stdout: uri });
  const child = scene.run(io, `for i in 1 2 3 4; do echo $i; until grep -q $i out; do sleep 0.01; done; done`);
  t.is(await child.ended, 0);
  t.true(await io.drained(60_000));
  t.is(read(scene, "out"), "1\n2\n3\n4\n");
  const deaths = scene.log.lines.filter(({ message }) => message === "logger died");
  t.deepEqual(
    deaths.slice(0, 3).map(({ level, fields }) => [level, fields["status"], fields["deaths"]]),
    [1, 2, 3].map((count) => ["warn", 137, count]),
  );
});

test.serial("binary:// – a logger that always dies is bypassed – the process is not blocked", async (t) => {
  await using scene = new StdioScene();
  const uri = scene.logger("log", "echo start >> starts; printf x >&5; exit 3");
  const io = await scene.open({ stdout: uri });
  t.is(await scene.run(io, "seq 1 100000; seq 1 100000 >&2").ended, 0);
  t.true(await io.drained(60_000));
  t.is(read(scene, "starts"), "start\n".repeat(6));
  const size = 2 * numberedLines(100_000).length;
  t.deepEqual(
    scene.log.lines.slice(-2).map(({ level, message, fields }) => [level, message, fields["dropped_bytes"]]),
    [
      ["error", "logger abandoned, output is dropped", undefined],
      ["warn", "output without a logger was dropped", size],
    ],
  );
  io.close();
  await until(() => scene.leaks().length === 0, "no open stream");
});

test.serial("binary:// – a logger that becomes unstartable – is bypassed", async (t) => {
  await using scene = new StdioScene();
  const uri = scene.logger("log", "exec 5>&-; chmod -x log; read line <&3; exit 1");
  const io = await scene.open({ stdout: uri });
  t.is(await scene.run(io, "seq 1 100000").ended, 0);
  t.true(await io.drained(60_000));
  t.true(scene.log.lines.some(({ message }) => message === "logger abandoned, output is dropped"));
});

test.serial("binary:// – what a dead logger has started – is ended before the next one reads", async (t) => {
  await using scene = new StdioScene();
  const script = "printf x >&5; [ -e child ] && exec cat <&3 >> out; cat <&3 > stolen & echo $! > child; kill -9 $$";
  const io = await scene.open({ stdout: scene.logger("log", script) });
  const child = scene.run(io, "until [ -s child ] && ! kill -0 $(cat child); do sleep 0.01; done; seq 1 1000");
  t.is(await child.ended, 0);
  t.true(await io.drained(60_000));
  t.is(read(scene, "out"), numberedLines(1000));
});

test.serial("binary:// – a logger that ends by itself at the end of input – gets no signal", async (t) => {
  await using scene = new StdioScene();
  const script = `trap 'echo TERM > signal' TERM; exec 5>&-; cat <&3 > out; sleep 0.3; echo done >> out`;
  const io = await scene.open({ stdout: scene.logger("log", script) });
  t.is(await scene.run(io, "echo hello").ended, 0);
  t.true(await io.drained(60_000));
  t.is(read(scene, "out"), "hello\ndone\n");
  t.is(read(scene, "signal"), "");
});

test.serial("binary:// – drained ends a logger – it stays after the end of input: SIGTERM", async (t) => {
  await using scene = new StdioScene();
  const script = `trap 'echo TERM > signal; exit' TERM; exec 5>&-; cat <&3 > out; while :; do sleep 0.05; done`;
  const times = { readyMs: 60_000, restartMs: 1, healthyMs: 60_000, graceMs: 50, terminateMs: 60_000 };
  const io = await scene.open({ stdout: scene.logger("log", script) }, { loggerTimes: times });
  t.is(await scene.run(io, "echo hello").ended, 0);
  t.true(await io.drained(60_000));
  t.is(read(scene, "out"), "hello\n");
  t.is(read(scene, "signal"), "TERM\n");
  t.is(scene.log.lines.length, 0);
});

test.serial(
  "binary:// – drained ends a logger – it reads nothing and ignores SIGTERM: SIGKILL, its children too",
  async (t) => {
    await using scene = new StdioScene();
    const script = `trap '' TERM; exec 5>&-; sleep 1000 & echo $$ > pids; echo $! >> pids; wait`;
    const times = { readyMs: 60_000, restartMs: 1, healthyMs: 60_000, graceMs: 50, terminateMs: 50 };
    const io = await scene.open({ stdout: scene.logger("log", script) }, { loggerTimes: times });
    t.is(await scene.run(io, "echo hello").ended, 0);
    await until(() => read(scene, "pids").split("\n").length === 3, "the pids");
    t.false(await io.drained(50));
    t.like(scene.log.lines, [{ level: "warn", message: "logger does not end, it is killed" }]);
    const pids = read(scene, "pids").trim().split("\n").map(Number);
    await until(() => !pids.some(exists), "the end of the logger and its child");
    io.close();
    await until(() => scene.leaks().length === 0, "no open stream");
  },
);

test.serial("binary:// – drained is false in bounded time – a grandchild holds the pipe", async (t) => {
  await using scene = new StdioScene();
  const io = await scene.open({ stdout: scene.logger("log", copying) });
  t.is(await scene.run(io, "echo hello; sleep 1000 &").ended, 0);
  t.false(await io.drained(100));
  t.is(read(scene, "out"), "hello\n");
});

test.serial("binary:// – close without a process – the logger gets end of file and ends", async (t) => {
  await using scene = new StdioScene();
  const io = await scene.open({ stdout: scene.logger("log", `echo $$ > pid; ${copying}; echo end >> out`) });
  const pid = Number(read(scene, "pid"));
  t.true(exists(pid));
  io.close();
  await until(() => !exists(pid), "the end of the logger");
  t.is(read(scene, "out"), "end\n");
  await until(() => scene.leaks().length === 0, "no open stream");
});

test.serial("binary:// – drop-oldest – a logger that does not read does not block the process", async (t) => {
  await using scene = new StdioScene();
  const go = scene.fifo("go");
  const uri = scene.logger("log", `exec 5>&-; read line < ${go}; cat <&3 > out`);
  const io = await scene.open({ stdout: uri }, { whenReaderIsAway: "drop-oldest", dropBufferBytes: 65_536 });
  t.is(await scene.run(io, "seq 1 200000").ended, 0);
  scene.client(`echo go > ${go}`);
  t.true(await io.drained(60_000));
  const lines = read(scene, "out");
  t.true(lines.startsWith("1\n2\n"));
  t.true(lines.endsWith("199999\n200000\n"));
  const dropped = scene.log.lines.find(({ message }) => message === "output was dropped")?.fields["dropped_bytes"];
  t.is(lines.length + Number(dropped), numberedLines(200_000).length);
});

test.serial("binary:// – stdin – is the client's FIFO all the same", async (t) => {
  await using scene = new StdioScene();
  const stdin = scene.fifo("in");
  const io = await scene.open({ stdin, stdout: scene.logger("log", copying) });
  const child = scene.run(io, "cat");
  scene.client(`echo typed > ${stdin}`);
  await until(() => read(scene, "out") === "typed\n", "the line");
  io.closeStdin();
  t.is(await child.ended, 0);
  t.true(await io.drained(60_000));
});

test.serial("binary:// – the pipes belong to the io uid and gid", async (t) => {
  await using scene = new StdioScene();
  const io = await scene.open({ stdout: scene.logger("log", copying) }, { ioUid: 1234, ioGid: 4321 });
  for (const fd of [io.stdio.stdout, io.stdio.stderr]) {
    const { uid, gid } = statSync(`/proc/self/fd/${fd}`);
    t.deepEqual([uid, gid], [1234, 4321]);
  }
});
