import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { toOciSpec } from "../_support/bundle.ts";
import { Containerd } from "../_support/containerd.ts";
import { DirectShim } from "../_support/direct-shim.ts";
import { LauncherLinks } from "../_support/launcher-links.ts";
import { checkLeaks } from "../_support/leak-check.ts";
import { readFlatMetrics } from "../_support/metrics-shape.ts";
import { connectShim, refusal } from "../_support/task-client.ts";
import { until } from "../_support/until.ts";
import { importWasmImage } from "../_support/wasm-modules.ts";

checkLeaks(test);

const runtime = "io.containerd.dunnage-wasi.v1";
const image = "dunnage.test/wasm:latest";
const plugin = join(import.meta.dirname, "../../examples/runtime-wasi/index.ts");
const config = `linger = "1s"\n[runtimes.wasi]\nuse = "module:${plugin}"\n`;

let links: LauncherLinks;
let containerd: Containerd;
test.before(async () => {
  links = await LauncherLinks.make(runtime);
  containerd = await Containerd.start({ runtime, config, path: [links.dir] });
  await importWasmImage(containerd, image);
});
test.after.always(async () => {
  await containerd[Symbol.asyncDispose]();
  links[Symbol.dispose]();
});

const run = (id: string, command: readonly string[], flags: readonly string[] = ["--rm"]) =>
  containerd.run(id, command, { image, flags });

test.serial("wasi – a module – its output, errors and exit code are the container's", async (t) => {
  t.like(await run("hello", ["/hello.wasm"]), { status: 7, stdout: "hello\n", stderr: "oops\n" });
});

test.serial("wasi – arguments and environment – are those of config.json, none of the daemon's", async (t) => {
  const { stdout, status } = await run("words", ["/words.wasm", "one two"], ["--rm", "--env", "COLOUR=a=b"]);
  t.is(status, 0);
  t.deepEqual(
    stdout.split("\0").filter((word) => !word.startsWith("PATH=")),
    ["/words.wasm", "one two", "COLOUR=a=b", ""],
  );
});

test.serial("wasi – standard input – reaches the module, and so does its end", async (t) => {
  const child = containerd.spawnCtr(...containerd.runArgs("cat", ["/cat.wasm"], { image, flags: ["--rm"] }));
  const closed = once(child, "close");
  const chunks: Buffer[] = [];
  child.stdout?.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.stdin?.write("a line\n");
  await until(() => Buffer.concat(chunks).toString() === "a line\n", "the line comes back");
  child.stdin?.end();
  t.is((await closed)[0], 0);
});

test.serial("wasi – a module that never ends – is signalled, paused, and measured", async (t) => {
  await containerd.runDetached("spin", ["/spin.wasm"], { image });
  using client = await connectShim(containerd, "spin");
  const { processes } = await client.pids({ id: "spin" });
  const { pid } = await client.state({ id: "spin" });
  t.deepEqual(
    processes?.map((process) => process.pid),
    [pid],
  );
  const { fields } = await readFlatMetrics(client, "spin");
  t.true(Number(fields["memory.usage.usage"] ?? fields["memory.usage"]) > 1_000_000);
  t.is(fields["pids.current"], "1");
  await containerd.ctrOk("task", "pause", "spin");
  t.is((await containerd.task("spin"))?.status, "PAUSED");
  await containerd.ctrOk("task", "resume", "spin");
  await containerd.ctrOk("task", "kill", "-s", "SIGTERM", "spin");
  t.is((await client.wait({ id: "spin" })).exit_status, 143);
  await containerd.remove("spin");
});

test.serial("wasi – a trap – is the status of an abort, with its reason", async (t) => {
  t.like(await run("trap", ["/trap.wasm"]), { status: 134, stderr: "wasi: unreachable\n" });
});

test.serial("wasi – no such module, no module at all, a terminal – the client reads why", async (t) => {
  const missing = await run("missing", ["/nothing.wasm"]);
  t.is(missing.status, 1);
  t.regex(missing.stderr, /\/nothing\.wasm: no such module/);
  const text = await run("text", ["/text.wasm"]);
  t.regex(text.stderr, /wasi: WebAssembly\.compile\(\): expected magic word/);
  t.is(text.status, 126);
  await using shim = await DirectShim.start(containerd, "tty", { runtime });
  writeFileSync(join(shim.bundle, "config.json"), JSON.stringify(toOciSpec(["/hello.wasm"])));
  t.deepEqual(await refusal(shim.create({ terminal: true })), { code: 12, message: "a wasm module has no terminal" });
});

test.serial("wasi – the daemon is killed – `delete` ends the module", async (t) => {
  await containerd.runDetached("orphan", ["/spin.wasm"], { image });
  using client = await connectShim(containerd, "orphan");
  const { shim_pid } = await client.connect({ id: "orphan" });
  process.kill(shim_pid, "SIGKILL");
  await until(() => containerd.processes().length === 0, "nothing of it runs");
  t.is((await containerd.task("orphan"))?.status ?? "STOPPED", "STOPPED");
  await containerd.remove("orphan");
});
