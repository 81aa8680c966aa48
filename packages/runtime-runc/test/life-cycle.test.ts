import { once } from "node:events";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { Code } from "@dunnage/core";
import test from "ava";
import { until } from "../../core/test/_support/until.ts";
import { never, RuncContainer, runtime, shim } from "./_support/runc-container.ts";

test.after.always(() => shim[Symbol.dispose]());

test("life of a container – create, start, exit, delete – nothing left", async (t) => {
  await using c = new RuncContainer({ args: ["sh", "-c", "echo out; echo err >&2; exit 3"] });
  const { pid } = await c.create();
  t.is(Number(readFileSync(`${c.bundle.path}/init.pid`, "utf8")), pid);
  t.is(c.output(), "");
  await c.start();
  t.is((await shim.reaper.wait(pid)).exitStatus, 3);
  t.is(c.output(), "out\nerr\n");
  await c.delete();
  t.deepEqual(c.leftovers(), []);
  t.deepEqual(c.bundle.entries(), ["init.pid"]);
});

test("user's process – inherits its stdio and nothing else", async (t) => {
  await using c = new RuncContainer({ args: ["sh", "-c", "sleep 1000"] });
  const { pid } = await c.create();
  await c.start();
  const exec = await c.exec("e", ["sleep", "1000"]);
  const isSleep = (id = 0): boolean => readFileSync(`/proc/${id}/comm`, "utf8") === "sleep\n";
  await until(() => isSleep(pid) && isSleep(exec?.pid), "both sleep");
  for (const id of [pid, exec?.pid]) t.deepEqual(readdirSync(`/proc/${id}/fd`), ["0", "1", "2"]);
});

test("exec – exit status, pids of both, files of the call", async (t) => {
  await using c = new RuncContainer();
  const { pid } = await c.create();
  await c.start();
  const sleeping = await c.exec("e1", ["sleep", "1000"]);
  const leaving = await c.exec("e2", ["sh", "-c", "echo from exec; exit 42"]);
  t.is((await shim.reaper.wait(leaving?.pid ?? 0)).exitStatus, 42);
  t.regex(c.output(), /from exec/);
  t.deepEqual([...((await c.pids()) ?? [])].sort(), [pid, sleeping?.pid ?? 0].sort());
  t.deepEqual(c.bundle.entries(), ["exec-e1.pid", "exec-e2.pid", "init.pid"]);
  await c.kill();
  t.is((await shim.reaper.wait(pid)).exitStatus, 137);
  t.is((await shim.reaper.wait(sleeping?.pid ?? 0)).exitStatus, 137);
  await c.delete();
  t.deepEqual(c.leftovers(), []);
});

test("exec – a missing program, one that is not executable, a missing container", async (t) => {
  await using c = new RuncContainer();
  await t.throwsAsync(c.exec("e", ["true"]), {
    code: Code.Unknown,
    message: /^OCI runtime exec failed: exec failed: container does not exist$/,
  });
  await c.create();
  await c.start();
  const missing =
    /^OCI runtime exec failed: exec failed: unable to start container process: exec: "bahs": executable file not found in \$PATH$/;
  await t.throwsAsync(c.exec("e", ["bahs"]), { code: Code.Unknown, message: missing });
  await t.throwsAsync(c.exec("e", ["/proc"]), { code: Code.Unknown, message: /permission denied/ });
  await t.throwsAsync(c.exec("e", []), { code: Code.Unknown, message: /args must not be empty/ });
  t.deepEqual(c.bundle.entries(), ["init.pid"]);
});

test("create – a mistyped command – the message that users know", async (t) => {
  await using c = new RuncContainer({ args: ["bahs"] });
  const text =
    'OCI runtime create failed: runc create failed: unable to start container process: exec: "bahs": executable file not found in $PATH';
  await t.throwsAsync(c.create(), { code: Code.Unknown, message: text });
  t.deepEqual(c.leftovers(), []);
  t.deepEqual(c.bundle.entries(), []);
});

test("create – no rootfs, no or broken config.json, no arguments – runc's words, nothing left", async (t) => {
  const breakers: readonly (readonly [(c: RuncContainer) => void, RegExp])[] = [
    [(c) => rmSync(c.bundle.rootfs, { recursive: true }), /invalid rootfs|no such file/],
    [(c) => rmSync(`${c.bundle.path}/config.json`), /JSON specification file config.json not found/],
    [(c) => c.bundle.writeSpec("{ broken"), /invalid character/],
    [(c) => c.bundle.writeSpec({ ociVersion: "1.0.2", root: { path: "rootfs" } }), /OCI runtime create failed: ./],
  ];
  for (const [breakBundle, message] of breakers) {
    await using c = new RuncContainer();
    breakBundle(c);
    await t.throwsAsync(c.create(), { code: Code.Unknown, message });
    t.deepEqual(c.leftovers(), []);
  }
});

test("create – the same id again – refused, the first container continues", async (t) => {
  await using c = new RuncContainer();
  const { pid } = await c.create();
  await c.start();
  await t.throwsAsync(c.create(), { code: Code.Unknown, message: /container with given ID already exists/ });
  t.deepEqual(await c.pids(), [pid]);
});

test("create – runc missing – an error that names it", async (t) => {
  await using c = new RuncContainer();
  const options = { ...c.container.options, binaryName: "runc-that-is-not-there" };
  const create = runtime.create({ container: { ...c.container, options }, stdio: c.stdio }, never);
  await t.throwsAsync(create, {
    code: Code.Unknown,
    message: /^OCI runtime create failed: exec: "runc-that-is-not-there": executable file not found/,
  });
});

test("create – with a console socket – runc connects to it", async (t) => {
  await using c = new RuncContainer({ terminal: true });
  const consoleSocket = c.bundle.join("console.sock");
  await using server = createServer((socket) => socket.resume()).listen(consoleSocket);
  await once(server, "listening");
  const connected = once(server, "connection");
  const { pid } = await runtime.create({ container: c.container, stdio: c.stdio, consoleSocket }, never);
  await connected;
  await c.delete(true);
  await shim.reaper.wait(pid);
  t.deepEqual(c.leftovers(), []);
});

test("start – running, stopped, absent – Unknown, runc's words", async (t) => {
  await using c = new RuncContainer();
  await t.throwsAsync(c.start(), { code: Code.Unknown, message: "OCI runtime start failed: container does not exist" });
  const { pid } = await c.create();
  await c.start();
  await t.throwsAsync(c.start(), {
    code: Code.Unknown,
    message: /^OCI runtime start failed: cannot start an already running container$/,
  });
  await c.kill();
  await shim.reaper.wait(pid);
  await t.throwsAsync(c.start(), {
    code: Code.Unknown,
    message: /^OCI runtime start failed: cannot start a container that has stopped$/,
  });
});

test("kill – stopped, deleted – NotFound", async (t) => {
  await using c = new RuncContainer();
  const { pid } = await c.create();
  await c.start();
  await c.kill(0);
  await c.kill();
  await shim.reaper.wait(pid);
  await t.throwsAsync(c.kill(), { code: Code.NotFound, message: "process already finished" });
  await c.delete();
  await t.throwsAsync(c.kill(), { code: Code.NotFound, message: "no such container" });
});

test("kill – an invalid signal – Unknown", async (t) => {
  await using c = new RuncContainer();
  await c.create();
  await c.start();
  await t.throwsAsync(c.kill(65), { code: Code.Unknown, message: /^unknown error after kill: .*invalid argument/ });
});

test("kill – all, without a pid namespace – every process of the container", async (t) => {
  await using c = new RuncContainer({ hostPidNamespace: true, args: ["sh", "-c", "sleep 1000 & exec sleep 1000"] });
  const { pid } = await c.create();
  await c.start();
  await until(() => readFileSync(`/proc/${pid}/comm`, "utf8") === "sleep\n", "sleep runs");
  t.is((await c.pids())?.length, 2);
  await c.kill(9, true);
  await shim.reaper.wait(pid);
  await until(() => c.leftovers().every((text) => !text.startsWith("process")), "no process left");
  await c.delete();
  t.deepEqual(c.leftovers(), []);
});

test("delete – running, created, absent – refused; fine; fine", async (t) => {
  await using c = new RuncContainer();
  await c.delete();
  await c.delete(true);
  const { pid } = await c.create();
  await c.start();
  await t.throwsAsync(c.delete(), {
    code: Code.Unknown,
    message: /^failed to delete task: cannot delete container .* that is not stopped: running$/,
  });
  await c.delete(true);
  t.is((await shim.reaper.wait(pid)).exitStatus, 137);
  const created = await c.create();
  await c.delete();
  await shim.reaper.wait(created.pid);
  t.deepEqual(c.leftovers(), []);
});

test("delete – by force, without the bundle – the container is gone", async (t) => {
  await using c = new RuncContainer();
  const { pid } = await c.create();
  await c.start();
  rmSync(c.bundle.path, { recursive: true });
  await c.delete(true);
  await shim.reaper.wait(pid);
  t.deepEqual(c.leftovers(), []);
});

test("pids – stopped and absent – none; an error", async (t) => {
  await using c = new RuncContainer();
  const { pid } = await c.create();
  await c.start();
  await c.kill();
  await shim.reaper.wait(pid);
  t.deepEqual(await c.pids(), []);
  await c.delete();
  await t.throwsAsync(c.pids(), { code: Code.Unknown, message: "OCI runtime ps failed: container does not exist" });
});

test("pause and resume – exec meanwhile is refused", async (t) => {
  await using c = new RuncContainer();
  await c.create();
  await c.start();
  await runtime.pause?.(c.container, never);
  await t.throwsAsync(c.exec("e", ["true"]), {
    code: Code.Unknown,
    message: /^OCI runtime exec failed: exec failed: cannot exec in a paused container/,
  });
  await t.throwsAsync(async () => runtime.pause?.(c.container, never), {
    code: Code.Unknown,
    message: /^OCI runtime pause failed: /,
  });
  await runtime.resume?.(c.container, never);
  const exec = await c.exec("e", ["true"]);
  t.is((await shim.reaper.wait(exec?.pid ?? 0)).exitStatus, 0);
});
