import { statSync } from "node:fs";
import { basename } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import test from "ava";
import { versionUnderTest } from "./_support/containerd-version.ts";
import { CriContainerd, defaultRuntime } from "./_support/cri-containerd.ts";
import { ExecStream } from "./_support/cri-exec-stream.ts";
import { Pod, type PodContainer } from "./_support/cri-pod.ts";
import { laterCrun, laterRunc } from "./_support/criu.ts";
import { checkLeaks } from "./_support/leak-check.ts";
import { allLines, letWrite, lineCount, writeLines } from "./_support/numbered-lines.ts";
import { isAlive } from "./_support/proc.ts";
import { isReference, pathOfShim, referenceRuntime } from "./_support/runtime-under-test.ts";
import { until } from "./_support/until.ts";

checkLeaks(test);

const sleep = ["/bin/sleep", "1000"];
const waitForGo = "until [ -e /go ]; do sleep 0.02; done";

/**
 * Handlers whose runtimes support user namespaces as CRI needs them; the installed runtimes are too old. The runtime is
 * given by the path of the shim, because containerd accepts options for pods in user namespaces only from its own
 * runtime type. Earlier versions of containerd do not map the files of an image.
 */
const later = versionUnderTest === "2.1" ? { "runc-1.3": laterRunc, "crun-1.21": laterCrun } : {};
const laterHandlers = Object.entries(later).map(([handler, binary]) => {
  const table = `plugins."io.containerd.grpc.v1.cri".containerd.runtimes."${handler}"`;
  const path = isReference ? "" : `  runtime_path = "${pathOfShim(`io.containerd.dunnage-${basename(binary)}.v1`)}"\n`;
  return `[${table}]\n  runtime_type = "${referenceRuntime}"\n${path}[${table}.options]\n  BinaryName = "${binary}"\n`;
});

let cri: CriContainerd;
/** The pod of all tests that do not need their own, with a container that sleeps. */
let pod: Pod;
let main: PodContainer;
test.before(async () => {
  cri = await CriContainerd.start('linger = "1s"\ngrouping = "pod"\n', defaultRuntime + laterHandlers.join(""));
  pod = await Pod.run(cri, "shared");
  main = await pod.start("main", sleep);
});
test.after.always(() => cri?.[Symbol.asyncDispose]());

async function shimPid(id: string): Promise<number> {
  using client = await cri.connectShim(id);
  return (await client.connect({ id })).shim_pid;
}

async function remove(pod: Pod): Promise<void> {
  await pod.stop();
  await pod.remove();
}

test.serial("pod – two containers – run in its network and share its daemon, another pod has its own", async (t) => {
  const two = await pod.start("two", sleep);
  t.like(await pod.status(), { state: "SANDBOX_READY" });
  const { ip } = await pod.status();
  t.regex(ip, /^198\.18\.213\.\d+$/);
  for (const container of [main, two]) {
    t.like(await container.status(), { state: "CONTAINER_RUNNING" });
    t.true((await container.exec(["/bin/ip", "-4", "addr"])).stdout.includes(` ${ip}/`));
    t.is((await container.exec(["/bin/hostname"])).stdout, "shared\n");
  }
  const daemon = await shimPid(pod.id);
  t.deepEqual([await shimPid(main.id), await shimPid(two.id)], [daemon, daemon]);
  const other = await Pod.run(cri, "other");
  t.not(await shimPid(other.id), daemon);
  await remove(other);
});

test.serial("containerd killed – a pod's logs and exit codes – complete after the restart", async (t) => {
  const writer = await pod.start("writer", ["/bin/sh", "-c", `echo first; ${writeLines[2]}`]);
  const short = await pod.start("short", ["/bin/sh", "-c", `${waitForGo}; echo last words; echo oops >&2; exit 23`]);
  const [writerPid, shortPid] = [await writer.pid(), await short.pid()];
  await until(() => writer.log() === "first\n", "the first line is logged");
  await cri.containerd.kill9();
  letWrite(shortPid);
  letWrite(writerPid);
  await until(() => !isAlive(shortPid), "one container ends meanwhile");
  t.true(isAlive(writerPid), "the other one has more to write than a pipe holds");
  await cri.restart();
  t.is(await short.exitCode(), 23);
  t.is(await writer.exitCode(), 42);
  // containerd's own shim discards output that was not read when the container exits.
  if (!isReference) t.deepEqual([short.log("stdout"), short.log("stderr")], ["last words\n", "oops\n"]);
  t.true(writer.log() === `first\n${allLines}`, `all ${lineCount} lines, once and in order`);
  t.like(await pod.status(), { state: "SANDBOX_READY" });
});

/**
 * Durations for which containerd is away. The daemon's limits for the work after a container's exit are between them.
 */
const outagesMs = [2_000, 13_000, 40_000];

test.serial(
  "containerd away for seconds – containers exit, are killed and write meanwhile – all is as it was",
  async (t) => {
    const script = `${waitForGo}; echo out; echo err >&2; exit 7`;
    const containers = await Promise.all(
      outagesMs.map(async (_, index) => ({
        ends: await pod.start(`ends-${index}`, ["/bin/sh", "-c", script]),
        killed: await pod.start(`killed-${index}`, sleep),
        writes: await pod.start(`writes-${index}`, writeLines),
      })),
    );
    const pids = await Promise.all(
      containers.map(
        async ({ ends, killed, writes }) => [await ends.pid(), await killed.pid(), await writes.pid()] as const,
      ),
    );
    await cri.containerd.kill9();
    const backAt = performance.now() + Math.max(...outagesMs);
    // The longest outage first: each group exits that long before containerd is back.
    for (const [index, awayMs] of outagesMs.toReversed().entries()) {
      await delay(Math.max(0, backAt - awayMs - performance.now()));
      const [ending, killed, writing] = pids[index] ?? [0, 0, 0];
      letWrite(ending);
      process.kill(killed, "SIGKILL");
      letWrite(writing);
      await until(() => !isAlive(ending) && !isAlive(killed), "they end");
    }
    await delay(Math.max(0, backAt - performance.now()));
    await cri.restart();
    for (const { ends, killed, writes } of containers) {
      t.deepEqual([await ends.exitCode(), await killed.exitCode(), await writes.exitCode()], [7, 137, 42]);
      if (!isReference) t.deepEqual([ends.log("stdout"), ends.log("stderr")], ["out\n", "err\n"]);
      t.true(writes.log() === allLines, `all ${lineCount} lines, once and in order`);
      for (const container of [ends, killed, writes]) {
        t.like(await container.status(), { state: "CONTAINER_EXITED" });
        await container.stop(1);
        await container.remove();
        t.deepEqual(cri.remains(container.id), []);
      }
    }
  },
);

test.serial("exec sync – output, exit code, timeout – as they are; the container lives on", async (t) => {
  const script = "echo out; echo err >&2; exit 7";
  t.deepEqual(await main.exec(["/bin/sh", "-c", script]), { exitCode: 7, stdout: "out\n", stderr: "err\n" });
  const long = await main.exec(["/bin/seq", "1", "50000"], 60);
  t.is(long.stdout, Array.from({ length: 50_000 }, (_, index) => `${index + 1}\n`).join(""));
  await t.throwsAsync(main.exec(["/bin/sleep", "999"], 1), { message: /^4 DEADLINE_EXCEEDED/ });
  t.false((await main.exec(["/bin/ps"])).stdout.includes("sleep 999"));
  await t.throwsAsync(main.exec(["/bin/nowhere"]), { message: /\/bin\/nowhere.*no such file or directory/ });
  t.like(await main.status(), { state: "CONTAINER_RUNNING" });
});

test.serial("exec – streams, then a terminal – input, output, exit code, size", async (t) => {
  const script = "read line; echo got $line; echo err >&2; exit 9";
  using stream = await ExecStream.start(cri, { id: main.id, cmd: ["/bin/sh", "-c", script], tty: false });
  stream.write("hello\n");
  t.is(await stream.exitCode(), 9);
  t.deepEqual([stream.stdout, stream.stderr], ["got hello\n", "err\n"]);
  using terminal = await ExecStream.start(cri, { id: main.id, cmd: ["/bin/sh"], tty: true });
  await until(() => terminal.stdout.includes("#"), "the shell prompts");
  terminal.resize(111, 33);
  await until(() => {
    terminal.write("stty size\n");
    return /^33 111\r$/m.test(terminal.stdout);
  }, "the terminal has its size");
  terminal.write("exit 3\n");
  t.is(await terminal.exitCode(), 3);
});

test.serial("stats – of a running container – CPU time that grows, memory in use", async (t) => {
  const before = await main.stats();
  t.true(before.cpu.usage_core_nano_seconds.value > 0);
  t.true(before.memory.working_set_bytes.value > 0);
  await main.exec(["/bin/seq", "1", "100000"]);
  t.true((await main.stats()).cpu.usage_core_nano_seconds.value > before.cpu.usage_core_nano_seconds.value);
});

test.serial("stop container – one that honours SIGTERM, one that does not – its own code, 137", async (t) => {
  const willing = await pod.start("willing", [
    "/bin/sh",
    "-c",
    "trap 'exit 5' TERM; echo ready; while :; do sleep 0.05; done",
  ]);
  const deaf = await pod.start("deaf", ["/bin/sh", "-c", "trap '' TERM; echo ready; while :; do sleep 0.05; done"]);
  for (const container of [willing, deaf]) await until(() => container.log() === "ready\n", "it has its handler");
  await willing.stop(60);
  t.like(await willing.status(), { state: "CONTAINER_EXITED", exit_code: 5 });
  await deaf.stop(1);
  t.like(await deaf.status(), { state: "CONTAINER_EXITED", exit_code: 137 });
  await willing.remove();
  await t.throwsAsync(willing.status(), { message: /^5 NOT_FOUND/ });
  t.deepEqual(cri.remains(willing.id), []);
});

for (const handler of Object.keys(later)) {
  test.serial(`user namespaces – ${handler} – the plugin reports them for the handler`, async (t) => {
    const { runtime_handlers: handlers } = await cri.call("Status", {});
    t.deepEqual(handlers.find(({ name }) => name === handler)?.features, { user_namespaces: true });
  });

  test.serial(
    `pod in a user namespace – ${handler} – files of the image belong to root; logs, exec, terminal`,
    async (t) => {
      const mapped = await Pod.runWithUsers(cri, handler.replace(".", "-"), { handler, hostId: 200_000 });
      const script = "cat /proc/self/uid_map; ls -ln /bin/busybox; echo again >/dev/stderr; exec sleep 1000";
      const container = await mapped.start("main", ["/bin/sh", "-c", script]);
      await until(() => container.log("stderr") === "again\n", "it has written");
      t.regex(container.log(), /^ +0 +200000 +65536\n-rwx\S+ +1 0 +0 .*\/bin\/busybox\n$/);
      const write = "touch /made && stat -c %u:%g /made; echo more >/dev/stderr; exit 6";
      const written = await container.exec(["/bin/sh", "-c", write]);
      t.deepEqual(written, { exitCode: 6, stdout: "0:0\n", stderr: "more\n" });
      using terminal = await ExecStream.start(cri, {
        id: container.id,
        cmd: ["/bin/sh", "-c", "tty; id -u >/dev/tty; exit 3"],
        tty: true,
      });
      t.is(await terminal.exitCode(), 3);
      t.regex(terminal.stdout, /^\/dev\/pts\/\d+\r\n0\r\n$/);
      t.is(statSync(`/proc/${await container.pid()}`).uid, 200_000);
      await remove(mapped);
      t.deepEqual([...cri.remains(mapped.id), ...cri.remains(container.id)], []);
    },
  );
}

test.serial(
  "stop and remove pod – with containers that run or have ended – nothing is left, the daemon ends",
  async (t) => {
    const daemon = await shimPid(pod.id);
    await pod.stop();
    t.like(await pod.status(), { state: "SANDBOX_NOTREADY" });
    t.like(await main.status(), { state: "CONTAINER_EXITED", exit_code: 137 });
    await pod.remove();
    await t.throwsAsync(pod.status(), { message: /^5 NOT_FOUND/ });
    await t.throwsAsync(main.status(), { message: /^5 NOT_FOUND/ });
    t.deepEqual([...cri.remains(pod.id), ...cri.remains(main.id)], []);
    await until(() => !isAlive(daemon), "the daemon ends");
  },
);
