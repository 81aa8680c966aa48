import { execFileSync, spawn } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "@dunnage/ttrpc";
import test from "ava";
import { readProcess } from "../../../src/native/proc.ts";
import { wire } from "../../../src/proto/gen/wire.js";
import { Distribution } from "../../_support/distribution.ts";
import {
  callTask,
  createTask,
  deleteTask,
  FakeContainerd,
  finish,
  pidBehind,
  readText,
} from "../../_support/fake-containerd.ts";
import { until } from "../../_support/until.ts";

const shutdown = (address: string) => callTask(address, "Shutdown", wire.ShutdownRequest.encode({ id: "c1" }).finish());
const quick = 'linger = "200ms"\n';

test.serial("daemon – ends with its socket and directory – linger over after the last container", async (t) => {
  using distribution = new Distribution();
  await using containerd = await FakeContainerd.start(distribution, quick);
  const { address } = await containerd.start();
  const pid = await pidBehind(address);
  await createTask(address, "c1");
  await deleteTask(address, "c1");
  await containerd.untilAllEnded();
  await until(() => !/[^ZX]/.test(readProcess(pid)?.state ?? ""), "the end of the process");
  t.pass();
});

test.serial("daemon – stays – a container is there, Shutdown comes, the linger passes", async (t) => {
  using distribution = new Distribution();
  await using containerd = await FakeContainerd.start(distribution, quick);
  const { address } = await containerd.start();
  const pid = await pidBehind(address);
  await createTask(address, "c1");
  await shutdown(address);
  await new Promise((resolve) => setTimeout(resolve, 600));
  t.is(await pidBehind(address), pid);
  t.is((await containerd.start({ id: "c2" })).address, address);
});

test.serial(
  "daemon – lives on for a container that was promised, and serves it – claim fresh at the end of the linger",
  async (t) => {
    using distribution = new Distribution();
    await using containerd = await FakeContainerd.start(distribution, quick);
    const { address } = await containerd.start(); // its Create is slow
    await new Promise((resolve) => setTimeout(resolve, 600));
    t.is((await containerd.start({ id: "c2" })).address, address);
    await createTask(address, "c1");
    await deleteTask(address, "c1");
    t.is(containerd.pids().length, 1); // c2 may still arrive
    const [daemon = ""] = containerd.daemons();
    rmSync(join(daemon, "claims", "c2"));
    await containerd.untilAllEnded();
    t.pass();
  },
);

test.serial("daemon – ends at once – containerd gone, no container", async (t) => {
  using distribution = new Distribution();
  await using containerd = await FakeContainerd.start(distribution, 'linger = "1h"\n');
  const { address } = await containerd.start();
  await createTask(address, "c1");
  await containerd.die();
  t.deepEqual([await pidBehind(address)], containerd.pids()); // a container keeps it running
  await deleteTask(address, "c1");
  await containerd.untilAllEnded();
  t.pass();
});

test.serial("daemon – ends by itself – SIGTERM", async (t) => {
  using distribution = new Distribution();
  await using containerd = await FakeContainerd.start(distribution);
  const { address } = await containerd.start();
  await createTask(address, "c1");
  process.kill(await pidBehind(address), "SIGTERM");
  await containerd.untilAllEnded();
  t.pass();
});

test.serial("daemon – survives – an uncaught error, SIGHUP, SIGUSR1", async (t) => {
  using distribution = new Distribution();
  await using containerd = await FakeContainerd.start(distribution);
  const { address } = await containerd.start();
  const pid = await pidBehind(address);
  using client = await Client.connect(address);
  await client.call({ service: "test.Probe", method: "Throw" }, new Uint8Array());
  process.kill(pid, "SIGHUP");
  process.kill(pid, "SIGUSR1");
  t.is(await pidBehind(address), pid);
});

test.serial("daemon – takes no more than the cap, and again when it has room – cap", async (t) => {
  using distribution = new Distribution();
  await using containerd = await FakeContainerd.start(distribution, "cap = 2\n");
  const addresses: string[] = [];
  for (const id of ["c1", "c2", "c3", "c4", "c5"]) {
    const { address } = await containerd.start({ id });
    await createTask(address, id);
    addresses.push(address);
  }
  const [a = "", , b = "", , c = ""] = addresses;
  t.deepEqual(addresses, [a, a, b, b, c]);
  t.is(new Set(addresses).size, 3);
  await deleteTask(addresses[0] ?? "", "c1");
  const { address } = await containerd.start({ id: "c6" });
  t.true([a, c].includes(address));
});

test.serial("daemon – new containers get another one, and it again later – no descriptors left", async (t) => {
  using distribution = new Distribution();
  await using containerd = await FakeContainerd.start(distribution);
  const inPod = { annotations: { "io.kubernetes.cri.sandbox-id": "pod" } };
  const { address } = await containerd.start({ id: "pod", ...inPod });
  await createTask(address, "pod");
  const [daemon = ""] = containerd.daemons();
  const pid = await pidBehind(address);
  const limit = (soft: string) => execFileSync("prlimit", ["--pid", String(pid), `--nofile=${soft}:`]);
  const before = /^Max open files +(\d+)/m.exec(readText(`/proc/${pid}/limits`))?.[1] ?? "";
  limit("4");
  await until(() => existsSync(join(daemon, "closed")), "the daemon shows that it is full");
  const other = await containerd.start({ id: "c2" });
  t.not(other.address, address);
  await createTask(other.address, "c2");
  limit(before);
  await until(() => existsSync(join(daemon, "daemon")), "the daemon shows that it has room");
  limit("4");
  await until(() => existsSync(join(daemon, "closed")), "the daemon shows that it is full");
  const member = await containerd.start({ id: "member", ...inPod }); // its pod's daemon would not answer
  t.is(member.address, other.address);
  await createTask(member.address, "member");
  limit(before);
  await deleteTask(address, "pod");
});

test.serial("daemon – counts no container that went elsewhere – closed after its launcher left a claim", async (t) => {
  using distribution = new Distribution();
  await using containerd = await FakeContainerd.start(distribution);
  const { address } = await containerd.start();
  const [daemon = ""] = containerd.daemons();
  renameSync(join(daemon, "daemon"), join(daemon, "closed")); // full
  writeFileSync(join(daemon, "claims", "c2"), "runc\n");
  t.not((await containerd.start({ id: "c2" })).address, address);
  t.deepEqual(readdirSync(join(daemon, "claims")), ["c1"]);
});

test.serial("daemon – one point more likely to be killed than containerd – oom score", async (t) => {
  using distribution = new Distribution();
  await using containerd = await FakeContainerd.start(distribution);
  const { address } = await containerd.start();
  const scoreOf = (pid: number | "self") => Number(readText(`/proc/${pid}/oom_score_adj`));
  t.is(scoreOf(await pidBehind(address)), Math.min(scoreOf("self") + 1, 1000));
});

test.serial("daemon – the members of a pod are together – daemon of the pod full, another open", async (t) => {
  using distribution = new Distribution();
  await using containerd = await FakeContainerd.start(distribution, "cap = 1\n");
  const annotations = { "io.kubernetes.cri.sandbox-id": "pod" };
  const sandbox = await containerd.start({ id: "pod", annotations });
  await createTask(sandbox.address, "pod");
  const stranger = await containerd.start({ id: "c1" });
  t.not(stranger.address, sandbox.address);
  t.is((await containerd.start({ id: "member", annotations })).address, sandbox.address);
  t.is(
    (await containerd.start({ id: "member2", annotations, dialect: "2.3", socketDir: "" })).address,
    sandbox.address,
  );
});

test.serial("daemon – the members of a pod are together – containerd's environment has changed since", async (t) => {
  using distribution = new Distribution();
  await using containerd = await FakeContainerd.start(distribution);
  const annotations = { "io.kubernetes.cri.sandbox-id": "pod" };
  const sandbox = await containerd.start({ id: "pod", annotations });
  await createTask(sandbox.address, "pod");
  const env = { PATH: "/opt/acme/bin:/usr/sbin:/usr/bin:/sbin:/bin" };
  t.is((await containerd.start({ id: "member", annotations, env })).address, sandbox.address);
  t.not((await containerd.start({ id: "stranger", env })).address, sandbox.address);
});

test.serial("daemon – the members of a pod are together – two daemons with room", async (t) => {
  using distribution = new Distribution();
  await using containerd = await FakeContainerd.start(distribution, "cap = 2\n");
  const annotations = { "io.kubernetes.cri.sandbox-id": "pod" };
  const first: string[] = [];
  for (const id of ["c1", "c2", "pod"]) {
    const { address } = await containerd.start(id === "pod" ? { id, annotations } : { id });
    await createTask(address, id);
    first.push(address);
  }
  await deleteTask(first[0] ?? "", "c1"); // now the first daemon has room again, and may sort first
  t.is((await containerd.start({ id: "member", annotations })).address, first[2] ?? "");
});

test.serial("daemon – one per pod, each of which lingers – grouping pod", async (t) => {
  using distribution = new Distribution();
  await using containerd = await FakeContainerd.start(distribution, 'grouping = "pod"\n');
  const inPod = (pod: string) => ({ annotations: { "io.kubernetes.cri.sandbox-id": pod } });
  const p1 = await containerd.start({ id: "p1", ...inPod("p1") });
  const member = await containerd.start({ id: "m1", ...inPod("p1") });
  const p2 = await containerd.start({ id: "p2", ...inPod("p2") });
  const lone = await containerd.start({ id: "c1" });
  t.is(member.address, p1.address);
  t.is(new Set([p1.address, p2.address, lone.address]).size, 3);
  const group = { "io.containerd.runc.v2.group": "p2", "io.kubernetes.cri.sandbox-id": "p1" };
  t.is((await containerd.start({ id: "g", annotations: group })).address, p2.address);
});

test.serial("daemon – one per container, ended by Shutdown – grouping container", async (t) => {
  using distribution = new Distribution();
  await using containerd = await FakeContainerd.start(distribution, 'grouping = "container"\n');
  const first = await containerd.start({ id: "c1" });
  const second = await containerd.start({ id: "c2" });
  t.not(first.address, second.address);
  await createTask(first.address, "c1");
  await shutdown(first.address);
  t.is(containerd.pids().length, 2); // not while the container exists
  await deleteTask(first.address, "c1");
  await shutdown(first.address);
  await shutdown(second.address); // its Create failed: with or without a claim
  await containerd.untilAllEnded();
  t.pass();
});

test.serial("daemon – remembers which adapter a container came through – two launchers, one daemon", async (t) => {
  using distribution = new Distribution();
  await using containerd = await FakeContainerd.start(distribution);
  const { address } = await containerd.start({ id: "c1", runtime: "crun" });
  await containerd.start({ id: "c2" });
  using client = await Client.connect(address);
  const runtimeOf = async (id: string) =>
    JSON.parse(Buffer.from(await client.call({ service: "test.Probe", method: "Probe" }, Buffer.from(id))).toString())
      .runtime;
  t.is(await runtimeOf("c1"), "crun");
  t.is(await runtimeOf("c2"), "runc");
  t.is(await runtimeOf("unknown"), "crun");
});

test.serial("daemon – closes the connection without a byte – peer of another user or group", async (t) => {
  using distribution = new Distribution();
  await using containerd = await FakeContainerd.start(distribution);
  const { address } = await containerd.start();
  const path = address.slice("unix://".length);
  // Simulates an administrator who opened the directories and the socket to all users.
  for (let at = path; at !== tmpdir(); at = join(at, "..")) chmodSync(at, 0o777);
  const request =
    'import{connect}from"node:net";const s=connect(process.argv[1]);s.on("error",()=>{}).on("data",()=>console.log("data")).on("close",()=>console.log("closed"));s.write(Buffer.alloc(64))';
  const ask = (options: { uid?: number; gid?: number }) =>
    finish(
      spawn(process.execPath, ["--input-type=module", "-e", request, path], {
        ...options,
        stdio: ["ignore", "pipe", "pipe"],
      }),
    );
  t.is((await ask({ uid: 65534, gid: 65534 })).stdout.toString(), "closed\n");
  t.is((await ask({ gid: 65534 })).stdout.toString(), "closed\n");
  t.deepEqual([await pidBehind(address)], containerd.pids());
});

test.serial("daemon – cannot be reached at all – another user, directories as they are", async (t) => {
  using distribution = new Distribution();
  await using containerd = await FakeContainerd.start(distribution);
  const { address } = await containerd.start();
  chmodSync(join(containerd.runtimeDir, ".."), 0o755);
  const script = 'require("node:net").connect(process.argv[1]).on("error",(e)=>console.log(e.code))';
  const options = { uid: 65534, gid: 65534, stdio: ["ignore", "pipe", "pipe"] as ["ignore", "pipe", "pipe"] };
  const { stdout } = await finish(spawn(process.execPath, ["-e", script, address.slice("unix://".length)], options));
  t.is(stdout.toString(), "EACCES\n");
});

test.serial("daemon – refuses a runtime directory of another user – planted directory", async (t) => {
  using distribution = new Distribution();
  await using containerd = await FakeContainerd.start(distribution);
  mkdirSync(containerd.runtimeDir);
  chownSync(containerd.runtimeDir, 65534, 65534);
  const { status, stderr } = await containerd.start();
  t.is(status, 1);
  t.regex(stderr, /run belongs to user 65534\n$/);
});

test.serial("daemon – leaves no process and no file – 20 of them at once, then gone", async (t) => {
  using distribution = new Distribution();
  await using containerd = await FakeContainerd.start(distribution, quick);
  const starts = Array.from({ length: 20 }, (_, n) => containerd.start({ id: `c${n}`, namespace: `ns${n % 4}` }));
  const outcomes = await Promise.all(starts);
  t.is(new Set(outcomes.map(({ address }) => address)).size, 4);
  for (const [n, { address }] of outcomes.entries()) await createTask(address, `c${n}`);
  for (const [n, { address }] of outcomes.entries()) await deleteTask(address, `c${n}`);
  await containerd.untilAllEnded();
  t.deepEqual(readdirSync(containerd.runtimeDir).sort(), ["d", "locks"]);
  t.deepEqual(readdirSync(join(containerd.runtimeDir, "locks")), []);
});
