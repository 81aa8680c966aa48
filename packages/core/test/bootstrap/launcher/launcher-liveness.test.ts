import { closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { openKoffiLibc } from "../../../src/native/open-libc.ts";
import { readProcess } from "../../../src/native/proc.ts";
import { Distribution } from "../../_support/distribution.ts";
import { FakeContainerd, finish, pidBehind, readText } from "../../_support/fake-containerd.ts";
import { until } from "../../_support/until.ts";
import { warm } from "../../_support/warm.ts";

test.serial("launcher – a new daemon, and the dead one's directory goes – daemon killed", async (t) => {
  await using scene = await warm("dash");
  const { containerd, cold } = scene;
  const [old = ""] = containerd.daemons();
  const pid = await pidBehind(cold.address);
  process.kill(pid, "SIGKILL");
  await until(() => containerd.pids().length === 0);
  const outcome = await containerd.start();
  t.is(outcome.stderr, "");
  t.not(await pidBehind(outcome.address), pid);
  t.false(existsSync(old));
});

interface Identity {
  readonly pid: number;
  readonly startTime: number;
  /** Descriptor that the daemon holds of its file `born`. */
  readonly bornFd?: number;
}

/** Copies the registration of the warm daemon into a new directory, under another identity. Returns that directory. */
function forge(containerd: FakeContainerd, { pid, startTime, bornFd = 1 }: Identity): string {
  const [real = ""] = containerd.daemons();
  const directory = join(containerd.runtimeDir, "d", `${pid}.${startTime}`);
  mkdirSync(join(directory, "claims"), { recursive: true });
  const lines = readText(join(real, "daemon")).split("\n");
  const answer = `unix://${directory}/s`;
  const forged = [`${pid} ${startTime} ${bornFd}`, ...lines.slice(1, 10), answer, answer, ""].join("\n");
  writeFileSync(join(directory, "daemon"), forged);
  writeFileSync(join(directory, "born"), "0\n");
  const ahead = new Date(Date.now() + 3_600_000);
  utimesSync(join(directory, "daemon"), ahead, ahead);
  utimesSync(join(directory, "born"), ahead, ahead);
  return directory;
}

test.serial("launcher – ignores the registration – pid in use by another process", async (t) => {
  await using scene = await warm("dash");
  const { containerd, cold } = scene;
  forge(containerd, { pid: process.pid, startTime: 1 }); // it may sort first or last, and must not be used in either case
  t.is((await containerd.start()).address, cold.address);
});

test.serial("launcher – believes the registration – a process that holds its file open", async (t) => {
  await using scene = await warm("dash");
  const { containerd } = scene;
  const [real = ""] = containerd.daemons();
  const { startTime = 0 } = readProcess("self") ?? {};
  // This proves that the forgeries of the other tests fail only for their own reason.
  const fd = openSync(join(real, "../own-born"), "w");
  const directory = forge(containerd, { pid: process.pid, startTime, bornFd: fd });
  renameSync(join(real, "../own-born"), join(directory, "born"));
  const ahead = new Date(Date.now() + 3_600_000);
  utimesSync(join(directory, "born"), ahead, ahead);
  rmSync(join(real, "daemon"));
  t.is((await containerd.start()).address, `unix://${directory}/s`);
  const nodes = scene.distribution.nodes;
  closeSync(fd);
  await containerd.start({ id: "c2" });
  t.is(scene.distribution.nodes, nodes + 1);
});

test.serial("launcher – ignores the registration – zombie", async (t) => {
  await using scene = await warm("dash");
  const { containerd, cold } = scene;
  const libc = openKoffiLibc();
  const pid = libc.spawn("/bin/true", ["true"], [], { dup2: [] });
  await until(() => readProcess(pid)?.state === "Z");
  forge(containerd, { pid, startTime: readProcess(pid)?.startTime ?? 0 });
  t.is((await containerd.start()).address, cold.address);
  libc.waitPid(pid);
});

test.serial("launcher – asks Node, which takes the daemon all the same – heartbeat late, daemon answers", async (t) => {
  await using scene = await warm("dash");
  const { containerd, cold, distribution } = scene;
  const past = new Date(Date.now() - 60_000);
  utimesSync(join(containerd.daemons()[0] ?? "", "daemon"), past, past);
  const nodes = distribution.nodes;
  t.is((await containerd.start()).address, cold.address);
  t.is(distribution.nodes, nodes + 1);
});

test.serial("launcher – a new daemon, the hung one ignored – heartbeat late, daemon stopped", async (t) => {
  await using scene = await warm("dash");
  const { containerd, cold, distribution } = scene;
  const [hung = ""] = containerd.daemons();
  const pid = await pidBehind(cold.address);
  process.kill(pid, "SIGSTOP");
  const past = new Date(Date.now() - 60_000);
  utimesSync(join(hung, "daemon"), past, past);
  const outcome = await containerd.start();
  t.is(outcome.stderr, "");
  t.not(outcome.address, cold.address);
  t.false(existsSync(join(hung, "daemon")));
  const nodes = distribution.nodes;
  t.is((await containerd.start({ id: "c2" })).address, outcome.address);
  t.is(distribution.nodes, nodes);
  process.kill(pid, "SIGCONT");
  t.is(await pidBehind(cold.address), pid); // it still serves its containers
});

test.serial("launcher – does not answer from a daemon that withdrew – registration gone after the claim", async (t) => {
  await using scene = await warm("dash");
  const { containerd, cold } = scene;
  const [old = ""] = containerd.daemons();
  rmSync(join(old, "daemon"));
  t.not((await containerd.start()).address, cold.address);
});

for (const [what, content] of [
  ["dead", "1 1\n"],
  ["another process by now", `${process.pid} 1\n`],
  ["killed before it could sign", ""],
] as const) {
  test.serial(`launcher – is not held up – the one who was starting is ${what}`, async (t) => {
    using distribution = new Distribution();
    await using containerd = await FakeContainerd.start(distribution);
    mkdirSync(join(containerd.runtimeDir, "d"), { recursive: true, mode: 0o700 });
    const hint = join(containerd.runtimeDir, "starting.default");
    writeFileSync(hint, content);
    const outcome = await containerd.start();
    t.deepEqual([outcome.status, outcome.stderr], [0, ""]);
    t.false(existsSync(hint));
  });
}

test.serial("launcher – the daemon comes to be, for the next one – SIGKILL while Node starts", async (t) => {
  using distribution = new Distribution();
  await using containerd = await FakeContainerd.start(distribution);
  const killed = containerd.spawnStart({ id: "c1", env: { STUB_SERVE_DELAY_MS: "1500" } });
  const end = finish(killed);
  await until(() => containerd.daemons().length === 1, "a daemon's directory");
  killed.kill("SIGKILL");
  await end;
  const next = await containerd.start({ id: "c2" });
  t.deepEqual([next.status, next.stderr], [0, ""]);
  t.is(containerd.daemons().length, 1);
  t.deepEqual([await pidBehind(next.address)], containerd.pids());
  t.false(existsSync(join(containerd.runtimeDir, "starting.default")));
});

test.serial("launcher – the next one starts – launcher and Node killed", async (t) => {
  using distribution = new Distribution();
  await using containerd = await FakeContainerd.start(distribution);
  const killed = containerd.spawnStart({ id: "c1", env: { STUB_SERVE_DELAY_MS: "60000" } });
  const end = finish(killed);
  await until(() => containerd.pids().length === 1, "a daemon's directory");
  process.kill(containerd.pids()[0] ?? 0, "SIGKILL");
  killed.kill("SIGKILL");
  await end;
  const next = await containerd.start({ id: "c2" });
  t.deepEqual([next.status, next.stderr], [0, ""]);
});
