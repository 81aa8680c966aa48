import { closeSync, existsSync, writeSync } from "node:fs";
import { Code } from "@dunnage/ttrpc";
import test, { type ExecutionContext } from "ava";
import { listChildren, readProcess } from "../../src/native/proc.ts";
import type { Command } from "../../src/reaper/command.ts";
import { Commands } from "../../src/reaper/command-runner.ts";
import { readAll } from "../_support/child.ts";
import { openFiles } from "../_support/open-files.ts";
import { OpenReaper } from "../_support/open-reaper.ts";
import { TempDir } from "../_support/temp-dir.ts";
import { until } from "../_support/until.ts";

const shimEnv = ["PATH=/usr/bin:/bin", "A=1", "B=2"];
const never = new AbortController().signal;
const sh = (script: string, rest: Partial<Command> = {}): Command => ({
  path: "/bin/sh",
  args: ["-c", script],
  ...rest,
});

/** Registers a test with a runner; afterwards no descriptor and no child may be left. */
function withCommands(
  title: string,
  run: (t: ExecutionContext, commands: Commands, open: OpenReaper) => Promise<void>,
) {
  test.serial(title, async (t) => {
    using open = new OpenReaper(20);
    const before = openFiles();
    await run(t, new Commands({ libc: open.libc, reaper: open.reaper, env: shimEnv, openFilesLimit: 512 }), open);
    await until(() => listChildren().length === 0, "children");
    t.deepEqual(openFiles(), before);
  });
}

withCommands("run – resolves with status and streams – whatever the status", async (t, commands) => {
  const result = await commands.run(sh("echo out; echo err >&2; exit 7"), never);
  t.deepEqual(result, { exitStatus: 7, stdout: "out\n", stderr: "err\n" });
  t.is((await commands.run(sh("kill -9 $$"), never)).exitStatus, 137);
});

withCommands("run – passes text to stdin – larger than a pipe", async (t, commands) => {
  const input = "ä".repeat(100_000);
  t.is((await commands.run(sh("wc -c", { input }), never)).stdout.trim(), "200000");
  t.is((await commands.run(sh("cat", { input: "" }), never)).stdout, "");
  t.is((await commands.run(sh("cat; readlink /proc/$$/fd/0"), never)).stdout, "/dev/null\n");
});

withCommands("run – uses directory and environment – later entries win", async (t, commands) => {
  using dir = new TempDir();
  const command = sh("pwd -P; env | grep -c ^B=; echo $A $B $C", { cwd: dir.path, env: ["B=20", "C=3", "C=30"] });
  t.is((await commands.run(command, never)).stdout, `${dir.path}\n1\n1 20 30\n`);
});

withCommands("run – connects given descriptors – and does not capture them", async (t, commands, { libc }) => {
  const [stdin, stdout, stderr, other] = ["in", "out", "err", "other"].map((name) => libc.memfd(name)) as [
    number,
    number,
    number,
    number,
  ];
  writeSync(stdin, "text", 0);
  const script = "cat; echo err >&2; echo five >&5";
  const result = await commands.run(sh(script, { stdin, stdout, stderr, inherit: [[other, 5]] }), never);
  t.deepEqual(result, { exitStatus: 0, stdout: "", stderr: "" });
  t.deepEqual([stdout, stderr, other].map(readAll), ["text", "err\n", "five\n"]);
  for (const fd of [stdin, stdout, stderr, other]) closeSync(fd);
});

withCommands("run – keeps the first 64 KiB of a stream – a mebibyte is written", async (t, commands) => {
  const result = await commands.run(sh("head -c 1048576 /dev/zero; head -c 70000 /dev/zero >&2"), never);
  t.deepEqual([result.stdout.length, result.stderr.length], [65_536, 65_536]);
});

withCommands("run – does not wait for grandchildren – one keeps the streams open", async (t, commands) => {
  const { stdout } = await commands.run(sh("sleep 600 & echo $!"), never);
  const pid = Number(stdout);
  t.is(readProcess(pid)?.ppid, process.pid);
  process.kill(pid, "SIGKILL");
});

withCommands("run – kills the whole group and rejects with the reason – the signal aborts", async (t, commands) => {
  const controller = new AbortController();
  using dir = new TempDir();
  const pending = commands.run(sh("sleep 600 & sleep 600 & : > started; wait", { cwd: dir.path }), controller.signal);
  await until(() => existsSync(dir.join("started")));
  const [shell = 0] = listChildren();
  const reason = new Error("deadline");
  controller.abort(reason);
  t.is(await t.throwsAsync(pending), reason);
  t.is(readProcess(shell), undefined);
});

withCommands("run – rejects after a time-out – AbortSignal.timeout", async (t, commands) => {
  await t.throwsAsync(commands.run(sh("sleep 600"), AbortSignal.timeout(50)), { name: "TimeoutError" });
});

withCommands("run – starts nothing – the signal has aborted before", async (t, commands) => {
  using dir = new TempDir();
  const pending = commands.run(sh(": > started", { cwd: dir.path }), AbortSignal.abort(new Error("too late")));
  await t.throwsAsync(pending, { message: "too late" });
  t.deepEqual(listChildren(), []);
});

withCommands("run – keeps the result – the signal aborts afterwards", async (t, commands) => {
  const controller = new AbortController();
  const { exitStatus } = await commands.run(sh("exit 4"), controller.signal);
  controller.abort();
  t.is(exitStatus, 4);
});

withCommands("run – rejects with NotFound – program or directory is missing", async (t, commands) => {
  const code = Code.NotFound;
  const missing = { path: "/nonexistent/runc", args: [] };
  await t.throwsAsync(commands.run(missing, never), {
    code,
    message: "/nonexistent/runc: not an executable file (ENOENT)",
  });
  await t.throwsAsync(commands.run({ path: "/etc/passwd", args: [] }, never), { code, message: /EACCES/ });
  const message = "/bin/sh: not an executable file, or /nonexistent is no directory to work in (ENOENT)";
  await t.throwsAsync(commands.run(sh("true", { cwd: "/nonexistent" }), never), { code, message });
});

withCommands("run – gives the child the limit of open files that the shim had", async (t, commands, { libc }) => {
  const before = libc.openFilesLimit();
  t.is((await commands.run(sh("ulimit -Sn"), never)).stdout, "512\n");
  t.deepEqual(libc.openFilesLimit(), before);
});

withCommands("run – is spawned and registered – before it returns", async (t, commands, { libc, reaper }) => {
  const pending = commands.run(sh("exec sleep 600"), never);
  const [pid = 0] = listChildren();
  process.kill(pid, "SIGKILL");
  while (!libc.isZombie(pid));
  reaper.reap();
  t.false(libc.isZombie(pid));
  t.is((await pending).exitStatus, 137);
});

withCommands("run – runs two hundred commands – twenty at a time", async (t, commands) => {
  const worker = async (offset: number): Promise<void> => {
    for (let index = offset; index < 200; index += 20) {
      const result = await commands.run(sh(`echo ${index}; exit ${index}`), never);
      t.deepEqual(result, { exitStatus: index, stdout: `${index}\n`, stderr: "" });
    }
  };
  await Promise.all(Array.from({ length: 20 }, (_, offset) => worker(offset)));
});

withCommands("run – keeps the process running – nothing else does", async (t, commands) => {
  const url = (path: string): string => JSON.stringify(import.meta.resolve(path));
  const script = `
    import { openKoffiLibc } from ${url("../../src/native/open-libc.ts")};
    import { Reaper } from ${url("../../src/reaper/reaper.ts")};
    import { Commands } from ${url("../../src/reaper/command-runner.ts")};
    import { silentLogger as log } from ${url("../../src/log/logger.ts")};
    const libc = openKoffiLibc();
    const commands = new Commands({ libc, reaper: Reaper.open({ libc, log }), env: ["PATH=/bin"] });
    const command = { path: "/bin/sh", args: ["-c", "sleep 0.2; echo done"] };
    console.log(await commands.run(command, new AbortController().signal));`;
  const result = await commands.run({ path: process.execPath, args: ["--input-type=module", "-e", script] }, never);
  t.deepEqual(result, { exitStatus: 0, stdout: "{ exitStatus: 0, stdout: 'done\\n', stderr: '' }\n", stderr: "" });
});

withCommands(
  "spawn – returns the pid of a process that stays – its exit is the reaper's",
  async (t, commands, { libc, reaper }) => {
    const stdout = libc.memfd("stdout");
    using _hold = reaper.hold();
    const pid = commands.spawn(sh("readlink /proc/$$/fd/0; read word <&5; exit 9", { stdout, inherit: [[stdout, 5]] }));
    t.is(readProcess(pid)?.ppid, process.pid);
    t.is((await reaper.wait(pid)).exitStatus, 9);
    t.is(readAll(stdout), "/dev/null\n");
    closeSync(stdout);
  },
);

withCommands("spawn – throws NotFound – the program is missing", async (t, commands) => {
  const missing = { path: "/nonexistent/bwrap", args: [] };
  t.throws(() => commands.spawn(missing), { code: Code.NotFound, message: /^\/nonexistent\/bwrap: not an executable/ });
});
