/**
 * Shows Dunnage at work, step by step, under a private containerd. It does not touch the host's containerd, and removes
 * everything afterwards. Exits with 1 if anything is not as expected, with 130 after Ctrl-C. With `--svg FILE` it draws
 * some of the steps into a file.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, stripVTControlCharacters } from "node:util";
import { audited } from "../test/_support/audit.ts";
import { busyboxImage } from "../test/_support/busybox-image.ts";
import { runCommand, runCommandOk } from "../test/_support/command.ts";
import { Containerd, testTag } from "../test/_support/containerd.ts";
import { LauncherLinks } from "../test/_support/launcher-links.ts";
import { allLines, letWrite, lineCount, writeLines } from "../test/_support/numbered-lines.ts";
import { isAlive, readProcess } from "../test/_support/proc.ts";
import { until } from "../test/_support/until.ts";
import { importWasmImage } from "../test/_support/wasm-modules.ts";
import { toSvg } from "./terminal-svg.ts";

const examples = join(import.meta.dirname, "../examples");
const hook = join(examples, "hook-no-shell/index.ts");
const wasmRuntime = "io.containerd.dunnage-wasi.v1";
const wasmImage = "dunnage.test/wasm:latest";
const leakCheck = join(import.meta.dirname, "leak-check.sh");
const useColor = process.stdout.isTTY === true && !process.env["NO_COLOR"];
const paint = (code: number, text: string) => `\x1b[${code}m${text}\x1b[0m`;
const say = (text: string) => print(text === "" ? "" : `     ${text}`);

const steps = 9;
let step = 0;
/** The steps that `--svg` draws, first and last, and their lines. */
const [firstDrawn, lastDrawn] = [6, 8];
const drawn: string[] = [];
let failures = 0;
let isInterrupted = false;

function print(text: string): void {
  if (step >= firstDrawn && step <= lastDrawn) drawn.push(text);
  console.log(useColor ? text : stripVTControlCharacters(text));
}

function begin(title: string): void {
  if (isInterrupted) throw new Error("interrupted");
  if (step > 0) print("");
  step += 1;
  print(paint(1, `${step}/${steps}  ${title}`));
}

/** Prints a result, and counts a failure if it is not what was promised. */
function check(isTrue: boolean, promise: string, found = ""): void {
  if (!isTrue) failures += 1;
  say(isTrue ? `${paint(32, "ok")}  ${promise}` : `${paint(31, "NOT OK")}  ${promise}${found && `, but: ${found}`}`);
}

/** Shows a command as a user would type it, without the flags for the private containerd. */
function show(words: readonly string[], program = "ctr"): void {
  say(paint(36, `$ ${program} ${words.map((word) => (/[\s'"$;]/.test(word) ? `'${word}'` : word)).join(" ")}`));
}

interface Run {
  readonly id: string;
  readonly flags: readonly string[];
  readonly command: readonly string[];
  /** The command to show. Default: the one that runs. */
  readonly shown?: readonly string[];
}

/** Shows and runs a `ctr run`. */
function run(containerd: Containerd, { id, flags, command, shown = command }: Run) {
  show(["run", ...flags, "--runtime", containerd.runtime, busyboxImage, id, ...shown]);
  return containerd.run(id, command, { flags });
}

/** Returns a configuration with an audit log, the smallest hook, and a runtime that is a plugin. */
const config = (dir: string): string => `${audited(dir)}
[[plugin]]
name = "no-shell"
use = "module:${hook}"
[runtimes.wasi]
use = "module:${join(examples, "runtime-wasi/index.ts")}"
`;

async function startContainerd(links: LauncherLinks): Promise<Containerd> {
  begin("A containerd of its own, and an image made on the spot");
  const containerd = await Containerd.start({ config, path: [links.dir] });
  const [, , version] = (await runCommandOk("containerd", ["--version"])).split(" ");
  say(`containerd ${version}, pid ${containerd.pid}, all its files in ${containerd.dir}`);
  say("(the containerd of this machine, if there is one, is left alone)");
  const images = await containerd.ctrOk("image", "ls", "--quiet");
  check(images.trim() === busyboxImage, `the image ${busyboxImage} holds this machine's own /bin/busybox`, images);
  return containerd;
}

async function runHello(containerd: Containerd): Promise<void> {
  begin("A container, run by Dunnage");
  const command = ["/bin/sh", "-c", "echo hello from a container; exit 7"];
  const { stdout, status } = await run(containerd, { id: "hello", flags: ["--rm"], command });
  say(stdout.trimEnd());
  check(stdout === "hello from a container\n", "its output arrived");
  check(status === 7, "its exit code arrived: 7", String(status));
}

/** Starts the container for the rest of the demo. Returns the pid of its init process. */
async function runCounter(containerd: Containerd): Promise<number> {
  begin("One that stays: who is whose child");
  const shown = ["/bin/sh", "-c", `(waits for the file /go, counts to ${lineCount}, exits with 42)`];
  const started = await run(containerd, { id: "counter", flags: ["-d"], command: writeLines, shown });
  const pid = (await containerd.task("counter"))?.pid ?? 0;
  check(started.status === 0 && pid > 0, "it runs in the background", started.stderr);
  const shim = readProcess(pid)?.ppid ?? 0;
  const parent = readProcess(shim)?.ppid ?? 0;
  say("");
  say(`${containerd.pid}  ${nameOf(containerd.pid)}   <- containerd`);
  say(`${parent}  ${nameOf(parent)}`);
  say(`└─ ${shim}  ${nameOf(shim)}   <- the shim, one for all containers of a namespace`);
  say(`   └─ ${pid}  ${nameOf(pid)}   <- the container`);
  say("");
  check(parent !== containerd.pid, "the shim is no child of containerd: it can do without it");
  return pid;
}

function nameOf(pid: number): string {
  const words = readProcess(pid)?.argv ?? [];
  const text = words.map((word) => (word.includes("\n") ? "…" : word.trim())).join(" ");
  return text.length > 40 ? `${text.slice(0, 39)}…` : text || "?";
}

async function execInside(containerd: Containerd): Promise<void> {
  begin("Another process inside it");
  const command = ["/bin/ps", "-o", "pid,args"];
  show(["task", "exec", "--exec-id", "look", "counter", ...command]);
  const { stdout, status } = await containerd.exec("counter", "look", command);
  for (const line of stdout.trimEnd().split("\n").slice(0, 4)) say(line.slice(0, 80));
  check(status === 0 && / 1 \/bin\/sh/.test(stdout), "it sees the container's processes, and no others", stdout);
}

async function denyExec(containerd: Containerd): Promise<void> {
  begin("A hook in twelve lines denies an exec");
  for (const line of readFileSync(hook, "utf8").trimEnd().split("\n").slice(3)) say(line);
  show(["task", "exec", "--exec-id", "shell", "counter", "sh"]);
  const { stderr, status } = await containerd.exec("counter", "shell", ["/bin/sh"]);
  say(stderr.trimEnd());
  const [, id = ""] = /denied by no-shell at preExec: .*\[id=(\w+)\]/.exec(stderr) ?? [];
  check(status !== 0 && id !== "", "the client reads who denied it and why", stderr);
  show(["policy", "explain", id], "dunnage");
  const explained = await runCommand("dunnage", ["policy", "explain", id], { env: containerd.env });
  for (const line of explained.stdout.trimEnd().split("\n")) say(line);
  check(/refused by no-shell/.test(explained.stdout), "the audit log knows the rest", explained.stderr);
}

async function runPlugin(containerd: Containerd): Promise<void> {
  begin("A runtime that is a plugin: WebAssembly, without runc");
  await importWasmImage(containerd, wasmImage);
  show(["run", "--rm", "--runtime", wasmRuntime, wasmImage, "wasm", "/hello.wasm"]);
  const options = { image: wasmImage, flags: ["--rm", "--runtime", wasmRuntime] };
  const { stdout, stderr, status } = await containerd.run("wasm", ["/hello.wasm"], options);
  say(stdout.trimEnd());
  check(stdout === "hello\n" && status === 7, "a WebAssembly module ran as a container; its exit code: 7", stderr);
}

async function killContainerd(containerd: Containerd, pid: number): Promise<void> {
  begin("kill -9 containerd, while the container writes more than a pipe holds");
  say(`the container now writes ${lineCount} numbered lines, ${allLines.length >> 10} KiB; a pipe holds 64 KiB,`);
  say("and no client reads. With other designs a container dies of SIGPIPE here, or loses lines.");
  letWrite(pid);
  const killed = containerd.pid;
  say(paint(36, `$ kill -9 ${killed}`));
  await containerd.kill9();
  check(!isAlive(killed), "containerd is dead");
  await until(() => writtenBytes(pid) >= 60 << 10, "the pipe is full");
  check(isAlive(pid), "the container lives, has filled its pipe and waits for a reader");
  say(paint(36, "$ containerd &"));
  await containerd.restart();
  const task = await containerd.task("counter");
  show(["task", "ls"]);
  say(`TASK       PID      STATUS`);
  say(`counter    ${String(task?.pid).padEnd(8)} ${task?.status}`);
  check(task?.pid === pid && task.status === "RUNNING", `a new containerd, pid ${containerd.pid}, has found it again`);
}

/** Returns the number of bytes that a process has written so far. @see proc_pid_io(5) */
function writtenBytes(pid: number): number {
  return Number(/wchar: (\d+)/.exec(readFileSync(`/proc/${pid}/io`, "utf8"))?.[1]);
}

async function readEverything(containerd: Containerd): Promise<void> {
  begin("Its output, complete, and its exit code");
  show(["task", "attach", "counter"]);
  const { stdout, status } = await containerd.ctr("task", "attach", "counter");
  const lines = stdout.split("\n").slice(0, -1);
  for (const line of [lines[0], lines[1], "…", lines.at(-1)]) say(line?.slice(0, 40) ?? "");
  check(stdout === allLines, `all ${lineCount} lines, each once and in order`, `${lines.length} lines`);
  check(status === 42, "exit code 42, as promised", String(status));
  await containerd.ctr("container", "delete", "counter");
}

async function cleanUp(containerd: Containerd, links: LauncherLinks, snapshot: string): Promise<void> {
  begin("Nothing is left");
  const shims = containerd.processes();
  say("the shim waits a moment for the next container (30 s by default, 1 s here), then it ends by itself …");
  await until(() => shims.every(({ pid }) => !isAlive(pid)), "the shim ends").catch(() => undefined);
  check(
    shims.every(({ pid }) => !isAlive(pid)),
    "it has ended",
  );
  await containerd[Symbol.asyncDispose]().catch((error: Error) => check(false, "clean", error.message));
  links[Symbol.dispose]();
  const compare = [leakCheck, "compare", snapshot, "--wait", "10", "--scope", testTag];
  const { stdout, status } = await runCommand("sh", compare);
  check(status === 0, "leak check: no process, mount, cgroup, socket, FIFO or directory is left", stdout);
}

async function main(): Promise<void> {
  print(`${paint(1, "Dunnage: containers whose shim is TypeScript")}\n`);
  const dir = mkdtempSync(join(tmpdir(), "demo-"));
  const snapshot = join(dir, "before");
  let links: LauncherLinks | undefined;
  let containerd: Containerd | undefined;
  try {
    await runCommandOk("sh", [leakCheck, "snapshot", snapshot, "--scope", testTag]);
    links = await LauncherLinks.make(wasmRuntime);
    containerd = await startContainerd(links);
    await runHello(containerd);
    const pid = await runCounter(containerd);
    await execInside(containerd);
    await denyExec(containerd);
    await runPlugin(containerd);
    await killContainerd(containerd, pid);
    await readEverything(containerd);
    await cleanUp(containerd, links, snapshot);
  } catch (error) {
    failures += 1;
    print(`\n${isInterrupted ? "interrupted" : paint(31, (error as Error).message)}; cleaning up`);
    await containerd?.[Symbol.asyncDispose]().catch((left: Error) => print(left.message));
  } finally {
    links?.[Symbol.dispose]();
    rmSync(dir, { recursive: true });
  }
}

if (process.geteuid?.() !== 0) {
  print("the demo makes containers, which takes root: sudo make demo");
  process.exit(1);
}
// The next step checks the flag, so the current step ends in order and everything is cleaned up.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => (isInterrupted = true));
const { svg } = parseArgs({ options: { svg: { type: "string" } } }).values;
const startedAt = Date.now();
await main();
const seconds = Math.round((Date.now() - startedAt) / 1000);
if (svg !== undefined && failures === 0) writeFileSync(svg, toSvg("Steps of make demo", drawn.slice(0, -1)));
const verdict =
  failures === 0
    ? `${paint(32, "All of it held.")} ${seconds} s. Next: README.md, or \`make test\`.`
    : paint(31, `${failures} thing(s) did not hold.`);
print(isInterrupted ? "everything is removed" : `\n${verdict}`);
process.exit(isInterrupted ? 130 : Math.min(failures, 1));
