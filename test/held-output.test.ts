import { execFileSync } from "node:child_process";
import { closeSync, constants, existsSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import test from "ava";
import { wire } from "../packages/core/src/proto/gen/wire.js";
import { Fifo } from "../packages/core/test/_support/fifo.ts";
import { toOciProcess, toOciSpec } from "./_support/bundle.ts";
import { runCommandOk } from "./_support/command.ts";
import { Containerd, defaultConfig } from "./_support/containerd.ts";
import { DirectShim, sharedRootfs } from "./_support/direct-shim.ts";
import { checkLeaks } from "./_support/leak-check.ts";
import { LoggingBinary } from "./_support/logging-binary.ts";
import { allLines, FifoReader, letWrite, writeLines } from "./_support/numbered-lines.ts";
import { isAlive } from "./_support/proc.ts";
import { isReference } from "./_support/runtime-under-test.ts";
import { exitStatus } from "./_support/task-client.ts";
import { until } from "./_support/until.ts";

checkLeaks(test);

const beyondReference = isReference ? test.serial.skip : test.serial;

let containerd: Containerd;
test.before(async () => {
  containerd = await Containerd.start({ config: `${defaultConfig}[stdio]\ndrain_timeout = "500ms"\n` });
});
test.after.always(() => containerd[Symbol.asyncDispose]());

interface Output {
  /** Value for the stdout field of a request. */
  readonly stdout: string;
  /** Returns what has arrived so far. */
  text(): string;
  close?(): void;
}

const kinds = {
  FIFO: (name: string): Output => {
    const stdout = join(containerd.dir, name);
    execFileSync("mkfifo", [stdout]);
    const reader = new FifoReader(stdout);
    const text = (): string => {
      reader.read();
      return reader.text;
    };
    return { stdout, text, close: () => reader[Symbol.dispose]() };
  },
  file: (name: string): Output => {
    const path = join(containerd.dir, "logs", name);
    return { stdout: `file://${path}`, text: () => readFileSync(path, "utf8") };
  },
  "logging binary": (name: string): Output => {
    const logger = new LoggingBinary(containerd, name);
    return { stdout: logger.uri(), text: () => logger.read("out") };
  },
};

for (const [kind, open] of Object.entries(kinds)) {
  for (const pidNamespace of [true, false]) {
    const mode = pidNamespace ? "a pid namespace of its own" : "the host's pid namespace";
    test.serial(
      `Delete – init's output is held by another process – ends all the same – ${kind}, ${mode}`,
      async (t) => {
        const root = sharedRootfs(containerd);
        const spec = toOciSpec(["/bin/sh", "-c", "echo line; exec sleep 1000"], { root, pidNamespace });
        await using shim = await DirectShim.start(containerd, "held", { spec });
        const { client, id } = shim;
        const output = open(`init-${pidNamespace}-${kind.replace(" ", "-")}`);
        const { pid } = await shim.create({ stdout: output.stdout, stderr: output.stdout });
        await client.start({ id });
        await until(() => output.text() === "line\n", "the line arrives");
        const holder = openSync(`/proc/${pid}/fd/1`, constants.O_WRONLY | constants.O_NONBLOCK);
        await client.kill({ id, signal: 9, all: true });
        t.is((await client.wait({ id })).exit_status, 137);
        t.is((await client.delete({ id })).exit_status, 137);
        closeSync(holder);
        output.close?.();
      },
    );
  }

  test.serial(`Delete – an exec's output is held by its grandchild – ends all the same – ${kind}`, async (t) => {
    await using shim = await DirectShim.start(containerd, "holding");
    const { client, id } = shim;
    const output = open(`exec-${kind.replace(" ", "-")}`);
    await shim.create();
    await client.start({ id });
    const both = { stdout: output.stdout, stderr: output.stdout };
    const process = toOciProcess(["/bin/sh", "-c", "setsid sleep 1000 & echo line; exit 5"]);
    const request = { id, exec_id: "exec" };
    await client.exec({ ...request, spec: { value: Buffer.from(JSON.stringify(process)) }, ...both });
    await client.start(request);
    t.is((await client.wait(request)).exit_status, 5);
    t.is((await client.delete(request)).exit_status, 5);
    t.is(output.text(), "line\n");
    t.is((await client.state({ id })).status, 2);
    output.close?.();
  });
}

test.serial("Delete – a logger that reads nothing – is ended", async (t) => {
  const root = sharedRootfs(containerd);
  const spec = toOciSpec(["/bin/sh", "-c", "echo line"], { root });
  await using shim = await DirectShim.start(containerd, "deaf", { spec });
  const { client, id } = shim;
  const logger = new LoggingBinary(containerd, "deaf", "exec 5>&-; exec sleep 1000");
  await shim.create({ stdout: logger.uri() });
  await client.start({ id });
  t.is((await client.wait({ id })).exit_status, 0);
  t.is((await client.delete({ id })).exit_status, 0);
  await until(() => !logger.pids.some(isAlive), "the logger ends");
  t.is(logger.pids.length, 1);
});

beyondReference("drop-oldest – a container that no client reads – ends; the loss is counted", async (t) => {
  const config = `${defaultConfig}[stdio]\nwhen_reader_is_away = "drop-oldest"\ndrop_buffer = "128KiB"\n`;
  await using dropping = await Containerd.start({ config });
  await dropping.runDetached("unread", writeLines);
  using reader = await FifoReader.openStdout(dropping, "unread");
  letWrite((await dropping.task("unread"))?.pid ?? 0);
  t.is(await exitStatus(dropping, "unread"), 42);
  await until(() => reader.read(), "the end of the output");
  t.true(allLines.startsWith(reader.text.slice(0, 32_768)), "what the FIFO held");
  t.true(allLines.endsWith(reader.text.slice(-65_536)), "the newest lines");
  const lost = allLines.length - reader.text.length;
  t.true(lost > 0);
  await dropping.ctrOk("task", "delete", "unread").catch(() => undefined); // exits with the task's status
  await dropping.ctrOk("container", "delete", "unread");
  await until(() => dropping.log.includes(`dropped_bytes=${lost}`), "the log tells");
});

/** Reads a FIFO in small portions, starting when it is called. */
async function readSlowly(reader: Fifo): Promise<string> {
  let text = "";
  for (let rounds = 0; rounds < 500 && !text.endsWith("end\n"); rounds++) {
    await delay(20);
    text += reader.read(1_000);
  }
  return text;
}

const lines = Array.from({ length: 1_000 }, (_, index) => `line ${index}\n`).join("");
const counts = ["/bin/sh", "-c", "i=0; while [ $i -lt 1000 ]; do echo line $i; i=$((i+1)); done; echo end"];

// Since 1.7, containerd's client closes its end when it is notified of the exit. Output that it has not read by then is
// lost.
for (const what of ["init, directly", "init, by a pipe", "an exec"] as const) {
  beyondReference(
    `exit of ${what} – output that a client still reads – is reported when it has all of it`,
    async (t) => {
      const id = what.replaceAll(/\W+/g, "-");
      const isExec = what === "an exec";
      const spec = toOciSpec(isExec ? ["/bin/sleep", "1000"] : counts, { root: sharedRootfs(containerd) });
      await using shim = await DirectShim.start(containerd, id, { spec });
      using reader = new Fifo(join(containerd.dir, `${id}-out`));
      reader.open(constants.O_RDONLY);
      const options = wire.RuncOptions.encode(what === "init, by a pipe" ? { io_uid: 1, io_gid: 1 } : {}).finish();
      const streams = isExec ? {} : { stdout: reader.path };
      await shim.create({ ...streams, options: { type_url: "containerd.runc.v1.Options", value: options } });
      const target = isExec ? { id, exec_id: "e" } : { id };
      if (isExec) {
        await shim.client.start({ id });
        const value = Buffer.from(JSON.stringify(toOciProcess(counts)));
        await shim.client.exec({ id, exec_id: "e", stdout: reader.path, spec: { type_url: "Process", value } });
      }
      const { pid } = await shim.client.start(target);
      let isTold = false;
      const told = shim.client.wait(target).then(({ exit_status }) => {
        isTold = true;
        return [exit_status, reader.read()];
      });
      await until(() => !isAlive(pid), "it has ended");
      t.false(isTold, "the client has not read a byte");
      const text = await readSlowly(reader);
      t.deepEqual(await told, [0, ""]);
      t.is(text, `${lines}end\n`);
    },
  );
}

for (const isExec of [false, true]) {
  const what = isExec ? "an exec" : "init, by a pipe";
  beyondReference(
    `exit of ${what} – no client has the output open – it is there for one that comes later`,
    async (t) => {
      const id = isExec ? "left-exec" : "left-init";
      const lastWords = ["/bin/sh", "-c", `echo last words; echo ready > /${id}; exec sleep 1000`];
      const spec = toOciSpec(isExec ? ["/bin/sleep", "1000"] : lastWords, { root: sharedRootfs(containerd) });
      await using shim = await DirectShim.start(containerd, id, { spec });
      using reader = new Fifo(join(containerd.dir, `${id}-out`));
      const options = wire.RuncOptions.encode(isExec ? {} : { io_uid: 1, io_gid: 1 }).finish();
      const streams = isExec ? {} : { stdout: reader.path };
      await shim.create({ ...streams, options: { type_url: "containerd.runc.v1.Options", value: options } });
      const target = isExec ? { id, exec_id: "e" } : { id };
      if (isExec) {
        await shim.client.start({ id });
        const value = Buffer.from(JSON.stringify(toOciProcess(lastWords)));
        await shim.client.exec({ id, exec_id: "e", stdout: reader.path, spec: { type_url: "Process", value } });
      }
      const { pid } = await shim.client.start(target);
      await until(() => existsSync(join(sharedRootfs(containerd), id)), "it has written");
      await delay(500); // the time that clients have to open their ends
      process.kill(pid, "SIGKILL");
      t.is((await shim.client.wait(target)).exit_status, 137);
      reader.open(constants.O_RDONLY);
      let text = "";
      await until(() => {
        text += reader.read();
        return text === "last words\n";
      }, "all of it is read");
      t.is((await shim.client.delete(target)).exit_status, 137);
    },
  );
}

beyondReference("exit – output that no client reads – is reported all the same", async (t) => {
  const spec = toOciSpec(counts, { root: sharedRootfs(containerd) });
  await using shim = await DirectShim.start(containerd, "unread", { spec });
  using reader = new Fifo(join(containerd.dir, "unread-out"));
  reader.open(constants.O_RDONLY);
  await shim.create({ stdout: reader.path });
  await shim.client.start({ id: "unread" });
  t.is((await shim.client.wait({ id: "unread" })).exit_status, 0);
  t.is(reader.read(), `${lines}end\n`);
});

beyondReference(
  "exit – the daemon has no descriptor left – is reported, and the output is there for a client that comes later",
  async (t) => {
    const script = ["/bin/sh", "-c", "echo last words; echo ready > /starved; exec sleep 1000"];
    const spec = toOciSpec(script, { root: sharedRootfs(containerd) });
    await using shim = await DirectShim.start(containerd, "starved", { spec });
    using reader = new Fifo(join(containerd.dir, "starved-out"));
    await shim.create({ stdout: reader.path });
    const { pid } = await shim.client.start({ id: "starved" });
    await until(() => existsSync(join(sharedRootfs(containerd), "starved")), "it has written");
    const daemon = (await shim.client.connect({ id: "starved" })).shim_pid;
    const limits = await runCommandOk("prlimit", [
      "--pid",
      String(daemon),
      "--nofile",
      "--output",
      "SOFT",
      "--noheadings",
    ]);
    const told = shim.client.wait({ id: "starved" });
    await runCommandOk("prlimit", ["--pid", String(daemon), "--nofile=4:"]);
    process.kill(pid, "SIGKILL");
    t.is((await told).exit_status, 137);
    await runCommandOk("prlimit", ["--pid", String(daemon), `--nofile=${limits.trim()}:`]);
    const journal = join(shim.bundle, "dunnage.json");
    await until(() => readFileSync(journal, "utf8").includes('"exitStatus":137'), "the exit is in the journal");
    reader.open(constants.O_RDONLY);
    let text = "";
    await until(() => {
      text += reader.read();
      return text === "last words\n";
    }, "all of it is read");
    t.is((await shim.client.delete({ id: "starved" })).exit_status, 137);
  },
);
