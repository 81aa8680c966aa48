import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { join } from "node:path";
import test from "ava";
import { toOciProcess } from "./_support/bundle.ts";
import { runCommand } from "./_support/command.ts";
import { Containerd, defaultConfig } from "./_support/containerd.ts";
import { DirectShim, sharedRootfs } from "./_support/direct-shim.ts";
import { checkLeaks } from "./_support/leak-check.ts";
import { readProcesses } from "./_support/proc.ts";
import { isReference } from "./_support/runtime-under-test.ts";
import { refusal } from "./_support/task-client.ts";
import { TerminalClient, toTerminalSpec } from "./_support/terminal-client.ts";
import { until } from "./_support/until.ts";

checkLeaks(test);

// containerd's own shim drops a resize that precedes an exec's start. A reader that arrives after the exit hangs.
const beyondReference = isReference ? test.skip : test;

let containerd: Containerd;
test.before(async () => {
  containerd = await Containerd.start({ config: `${defaultConfig}[stdio]\ndrain_timeout = "1s"\n` });
});
test.after.always(() => containerd[Symbol.asyncDispose]());

/** Starts a shim with a bundle whose init has a terminal. */
function startShim(id: string, command: readonly string[], consoleSize?: object): Promise<DirectShim> {
  return DirectShim.start(containerd, id, { spec: toTerminalSpec(command, sharedRootfs(containerd), consoleSize) });
}

const openTerminal = (shim: DirectShim, name = "init"): TerminalClient => new TerminalClient(join(shim.bundle, name));
const shell = (script: string): readonly string[] => ["/bin/sh", "-c", script];

/** Adds an exec with a terminal. */
async function addExec(shim: DirectShim, execId: string, command: readonly string[]): Promise<TerminalClient> {
  const terminal = openTerminal(shim, execId);
  const value = Buffer.from(JSON.stringify(toOciProcess(command)));
  await shim.client.exec({ id: shim.id, exec_id: execId, spec: { value }, ...terminal.fields });
  return terminal;
}

test("Task API – terminal – a shell at work: lines, Ctrl-C, resize, exit code", async (t) => {
  await using shim = await startShim("shell", ["/bin/sh"]);
  const { client, id } = shim;
  using terminal = openTerminal(shim);
  await shim.create(terminal.fields);
  await client.start({ id });
  t.like(await client.state({ id }), { terminal: true, stdin: terminal.fields.stdin, stderr: "" });
  terminal.type("tty; echo a$((1 + 1))b\n");
  await terminal.shows("/dev/pts/0\na2b\n");
  terminal.type("echo go; sleep 1000\n");
  await terminal.shows("\ngo\n");
  terminal.type("\x03");
  await terminal.shows("^C");
  terminal.type("echo status $?\n");
  await terminal.shows("status 130\n");
  await client.resizePty({ id, width: 65_536 + 99, height: 44 });
  terminal.type("stty size\n");
  await terminal.shows("\n44 99\n");
  terminal.type("exit 7\n");
  t.is((await client.wait({ id })).exit_status, 7);
  await terminal.ended;
  await client.resizePty({ id, width: 1, height: 1 });
});

test("Task API – terminal – the size is right from the first moment", async (t) => {
  await using configured = await startShim("size-of-spec", ["/bin/stty", "size"], { width: 77, height: 33 });
  using first = openTerminal(configured);
  await configured.create(first.fields);
  await configured.client.start({ id: configured.id });
  await first.ended;
  t.is(first.text, "33 77\n");
  await using resized = await startShim("size-before-start", ["/bin/stty", "size"]);
  using second = openTerminal(resized);
  await resized.create(second.fields);
  await resized.client.resizePty({ id: resized.id, width: 120, height: 50 });
  await resized.client.start({ id: resized.id });
  await second.ended;
  t.is(second.text, "50 120\n");
});

beyondReference("Task API – exec with a terminal – size, input, exit code", async (t) => {
  await using shim = await startShim("exec", ["/bin/sleep", "1000"]);
  const { client, id } = shim;
  using init = openTerminal(shim);
  await shim.create(init.fields);
  await client.start({ id });
  using terminal = await addExec(shim, "e", shell("stty size; read line; echo got $line; exit 5"));
  await client.resizePty({ id, exec_id: "e", width: 132, height: 43 });
  await client.start({ id, exec_id: "e" });
  t.true((await client.state({ id, exec_id: "e" })).terminal);
  await terminal.shows("43 132\n");
  terminal.type("something\n");
  t.is((await client.wait({ id, exec_id: "e" })).exit_status, 5);
  await terminal.ended;
  t.is(terminal.text, "43 132\nsomething\ngot something\n");
  t.deepEqual(await refusal(client.resizePty({ id, exec_id: "e", width: 1, height: 1 })), {
    code: 2,
    message: "cannot resize a stopped container",
  });
  t.like(await client.delete({ id, exec_id: "e" }), { exit_status: 5 });
});

test("Task API – ResizePty – of a missing process, and without a terminal", async (t) => {
  await using shim = await DirectShim.start(containerd, "without");
  const { client, id } = shim;
  t.is((await refusal(client.resizePty({ id, width: 1, height: 1 })))?.code, 5);
  await shim.create();
  await client.resizePty({ id, width: 1, height: 1 });
  t.is((await refusal(client.resizePty({ id, exec_id: "no", width: 1, height: 1 })))?.code, 5);
});

beyondReference("Task API – terminal – a client that goes away and comes back – loses nothing", async (t) => {
  await using shim = await startShim("attach", ["/bin/sh"]);
  const { client, id } = shim;
  using terminal = openTerminal(shim);
  await shim.create(terminal.fields);
  await client.start({ id });
  terminal.type("stty -echo; PS1=; echo fir''st\n"); // until then, input is echoed
  await terminal.shows("first\n");
  await terminal.detach();
  terminal.type("seq 1 20000; echo away\n");
  terminal.attach();
  await terminal.shows("away\n");
  t.true(terminal.text.endsWith(`${Array.from({ length: 20_000 }, (_, i) => `${i + 1}\n`).join("")}away\n`));
  await terminal.detach();
  terminal.type("echo last; exit 3\n");
  t.is((await client.wait({ id })).exit_status, 3);
  terminal.attach();
  await terminal.ended;
  t.true(terminal.text.endsWith("away\nlast\n"));
});

test("Task API – terminal – 100 MB arrive complete", async (t) => {
  const lines = "12500000";
  await using shim = await startShim("bytes", shell(`stty -opost; seq 1 ${lines} | cat`));
  const { client, id } = shim;
  using terminal = openTerminal(shim);
  await terminal.detach();
  terminal.attach("sha256sum");
  await shim.create(terminal.fields);
  await client.start({ id });
  t.is((await client.wait({ id })).exit_status, 0);
  await terminal.ended;
  const expected = createHash("sha256").update(execFileSync("seq", ["1", lines], { maxBuffer: 1 << 27 }));
  t.is(terminal.text, `${expected.digest("hex")}  -\n`);
});

test("Task API – CloseIO – hangs a terminal up that has no client", async (t) => {
  await using shim = await startShim("hang-up", shell("trap 'exit 6' HUP; echo ready; while :; do sleep 0.1; done"));
  const { client, id } = shim;
  using terminal = openTerminal(shim);
  await shim.create(terminal.fields);
  await client.start({ id });
  await terminal.shows("ready\n");
  await client.closeIo({ id, stdin: true });
  t.is((await client.wait({ id })).exit_status, 6);
  await terminal.ended;
});

test("Task API – Delete of an exec – hangs up what its process has left behind", async (t) => {
  await using shim = await startShim("left", ["/bin/sleep", "1000"]);
  const { client, id } = shim;
  using init = openTerminal(shim);
  await shim.create(init.fields);
  await client.start({ id });
  const script = "trap '' HUP; (exec sleep 54321) & echo started; exit 4";
  using terminal = await addExec(shim, "e", shell(script));
  await client.start({ id, exec_id: "e" });
  t.is((await client.wait({ id, exec_id: "e" })).exit_status, 4);
  t.like(await client.delete({ id, exec_id: "e" }), { exit_status: 4 });
  await terminal.ended;
  t.is(terminal.text, "started\n");
});

/** Runs `ctr` on a terminal of 44 rows and 99 columns, and types the input. */
function onTerminal(args: readonly string[], input: string) {
  const words = ["ctr", ...containerd.ctrArgs(args)].map((word) => `'${word}'`).join(" ");
  return runCommand("script", ["-qefc", `stty rows 44 cols 99; ${words}`, "/dev/null"], { env: containerd.env, input });
}

test("ctr run -t – a shell on the user's terminal – has its size and ends with its exit code", async (t) => {
  const args = containerd.runArgs("ctr-t", ["/bin/sh"], { flags: ["--rm", "-t"] });
  const { status, stdout } = await onTerminal(args, "sleep 1; stty size\nexit 9\n");
  t.is(status, 9);
  t.regex(stdout, /\n44 99\r/);
});

test("ctr task exec -t – a shell on the user's terminal – has its size and ends with its exit code", async (t) => {
  await containerd.runDetached("ctr-exec", ["/bin/sleep", "1000"]);
  const args = ["task", "exec", "--fifo-dir", containerd.fifoDir, "--exec-id", "e", "-t", "ctr-exec", "/bin/sh"];
  const { status, stdout } = await onTerminal(args, "sleep 1; stty size\nexit 8\n");
  t.is(status, 8);
  t.regex(stdout, /\n44 99\r/);
  await containerd.remove("ctr-exec");
});

test.after("the end – no console socket is left", async (t) => {
  await until(() => !readProcesses().some(({ argv }) => argv.includes("54321")), "what an exec has left behind ends");
  t.is(execFileSync("find", [containerd.dir, "-name", "pty-*"], { encoding: "utf8" }), "");
});
