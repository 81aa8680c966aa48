import { readFileSync } from "node:fs";
import test from "ava";
import {
  encodeControl,
  encodeDone,
  encodeSpawn,
  encodeWatch,
  Operation,
  type SpawnRequest,
} from "./_support/frames.ts";
import { type TestClient, TestGuardian } from "./_support/guardian.ts";

async function startOrphan(client: TestClient, ms: number, code: number, pid = 0): Promise<number> {
  return Number(await client.call("Orphan", `${ms} ${code} ${pid}`));
}

/** Returns the start time of a process, in clock ticks. */
function startOf(pid: number): bigint {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ");
  return BigInt(fields?.[19] ?? 0);
}

function spawnShell(name: string, script: string, more: Partial<SpawnRequest> = {}): Buffer {
  return encodeSpawn({ name, path: "/bin/sh", argv: ["sh", "-c", script], ...more });
}

test.serial("exits – a watched process is reported with its status, time and start", async (t) => {
  await using guardian = await TestGuardian.start();
  const client = await guardian.connect();
  const pid = await startOrphan(client, 100, 7);
  const start = startOf(pid);
  await client.control(encodeWatch(pid));
  const [exit] = await client.exits();
  t.like(exit, { pid, start, status: 7 << 8, error: 0, isLost: false, name: "" });
  t.true(Math.abs(Number(exit?.seconds) - Date.now() / 1000) < 60);
  t.is((await guardian.status()).watched, 1);
  await client.control(encodeDone(pid, exit?.sequence ?? 0n));
  t.is((await guardian.status()).watched, 0);
});

test.serial("exits – one that happens while no worker lives is reported to the next, until DONE", async (t) => {
  await using guardian = await TestGuardian.start();
  const client = await guardian.connect();
  const pid = await startOrphan(client, 20, 42);
  await client.control(encodeWatch(pid));
  await guardian.killWorker();
  const [first] = await client.exits();
  t.like(first, { pid, status: 42 << 8 });
  await guardian.killWorker();
  const [again] = await client.exits();
  t.deepEqual(again, first);
  await client.control(encodeDone(pid, first?.sequence ?? 0n));
  await guardian.killWorker();
  t.deepEqual(await client.received(Operation.EXIT), []);
});

test.serial("exits – one before WATCH is remembered", async (t) => {
  await using guardian = await TestGuardian.start();
  const client = await guardian.connect();
  const pid = await startOrphan(client, 0, 3);
  await guardian.until(({ remembered }) => remembered === 1);
  await client.control(encodeWatch(pid));
  t.like((await client.exits())[0], { pid, status: 3 << 8, isLost: false });
  t.is((await guardian.status()).remembered, 0);
});

test.serial("exits – zombies are reaped at once, watched or not", async (t) => {
  await using guardian = await TestGuardian.start();
  const client = await guardian.connect();
  const pids = await Promise.all(Array.from({ length: 20 }, (_, code) => startOrphan(client, 0, code)));
  await client.control(...pids.slice(0, 10).map((pid) => encodeWatch(pid)));
  await client.exits(10);
  await guardian.until(({ remembered }) => remembered === 10);
  for (const pid of pids) t.throws(() => process.kill(pid, 0), { code: "ESRCH" });
});

test.serial("exits – a living process has precedence over a remembered exit of the same number", async (t) => {
  await using guardian = await TestGuardian.start();
  const client = await guardian.connect();
  const pid = await startOrphan(client, 0, 1);
  await guardian.until(({ remembered }) => remembered === 1);
  t.is(await startOrphan(client, 300, 2, pid), pid);
  await client.control(encodeWatch(pid));
  t.deepEqual(await client.received(Operation.EXIT), []);
  t.like((await client.exits())[0], { pid, status: 2 << 8 });
});

test.serial("exits – the start time tells two processes with the same number apart", async (t) => {
  await using guardian = await TestGuardian.start();
  const client = await guardian.connect();
  const pid = await startOrphan(client, 100, 1);
  const start = startOf(pid);
  await guardian.until(({ remembered }) => remembered === 1);
  t.is(await startOrphan(client, 10_000, 2, pid), pid);
  await client.control(encodeWatch(pid, start));
  t.like((await client.exits())[0], { pid, start, status: 1 << 8, isLost: false });
  process.kill(pid, "SIGKILL");
});

test.serial("exits – a process of which nothing is known is reported as lost", async (t) => {
  await using guardian = await TestGuardian.start();
  const client = await guardian.connect();
  await client.control(encodeWatch(process.pid, 1n));
  t.like((await client.exits())[0], { pid: process.pid, start: 1n, isLost: true });
});

test.serial("exits – without descriptors an exit is not lost, and a WATCH is refused", async (t) => {
  await using guardian = await TestGuardian.start();
  const client = await guardian.connect();
  const pids = [
    await startOrphan(client, 200, 7),
    await startOrphan(client, 200, 8),
    await startOrphan(client, 10_000, 9),
  ];
  const [watched = 0, remembered = 0, refused = 0] = pids;
  const starts = pids.map(startOf);
  await client.control(encodeWatch(watched, starts[0]));
  await client.call("Limit", "3");
  await client.control(encodeWatch(refused, starts[2]));
  const [body] = await client.untilReceived(Operation.REFUSED);
  t.deepEqual([body?.readUInt8(0), body?.readUInt32BE(1)], [Operation.WATCH, 24]);
  t.like((await client.exits())[0], { pid: watched, start: starts[0], status: 7 << 8, isLost: false });
  await client.call("Limit", "0");
  await guardian.until((status) => status.remembered === 1);
  await client.control(encodeWatch(remembered, starts[1]));
  t.like((await client.exits(2))[1], { pid: remembered, start: starts[1], status: 8 << 8, isLost: false });
  process.kill(refused, "SIGKILL");
});

test.serial("exits – unknown ones are forgotten after ten seconds with a worker", async (t) => {
  await using guardian = await TestGuardian.start();
  const client = await guardian.connect();
  const pid = await startOrphan(client, 0, 3);
  await guardian.until(({ remembered }) => remembered === 1);
  await guardian.until(({ remembered }) => remembered === 0);
  await client.control(encodeWatch(pid));
  t.like((await client.exits())[0], { pid, isLost: true });
});

test.serial("exits – a full table refuses to watch more", async (t) => {
  await using guardian = await TestGuardian.start();
  const client = await guardian.connect();
  // Lost ones count until DONE.
  await client.control(...Array.from({ length: 4097 }, (_, index) => encodeWatch(process.pid, BigInt(index + 1))));
  const [refused] = await client.untilReceived(Operation.REFUSED);
  t.is(refused?.readUInt8(0), Operation.WATCH);
  t.is((await guardian.status()).watched, 4096);
});

test.serial("spawn – the exit is reported under its name, also to the next worker", async (t) => {
  await using guardian = await TestGuardian.start();
  const client = await guardian.connect();
  await client.control(spawnShell("create c1", "exit 5"));
  const [first] = await client.exits();
  t.like(first, { name: "create c1", status: 5 << 8, error: 0 });
  await client.control(spawnShell("slow", "sleep 0.3; exit 6"));
  await client.untilReceived(Operation.SPAWNED);
  await guardian.killWorker();
  const [name] = (await client.untilReceived(Operation.SPAWNED)).map((body) => body.toString("utf8", 12));
  t.is(name, "slow");
  const exits = await client.exits(2);
  t.like(
    exits.find((exit) => exit.name === "slow"),
    { status: 6 << 8 },
  );
  t.deepEqual(
    exits.find((exit) => exit.name === "create c1"),
    first,
  );
});

test.serial("spawn – a program that cannot be executed is reported with errno", async (t) => {
  await using guardian = await TestGuardian.start();
  const client = await guardian.connect();
  await client.control(encodeSpawn({ name: "missing", path: "/no/such/program", argv: ["x"] }));
  await client.control(encodeSpawn({ name: "no program", path: "/", argv: ["x"] }));
  const exits = await client.exits(2);
  const errors = Object.fromEntries(exits.map(({ name, error }) => [name, error]));
  t.deepEqual(errors, { missing: 2, "no program": 13 });
  t.deepEqual(await client.received(Operation.SPAWNED), []);
});

test.serial("spawn – descriptors, directory and environment are those of the request", async (t) => {
  await using guardian = await TestGuardian.start();
  const client = await guardian.connect();
  await client.call("Put", "out ");
  const script = '[ "$(cat; pwd; echo "$A-$PATH")" = "$(printf "text\\n/\\nb-/bin:/usr/bin")" ] && echo right >&5';
  const env = ["A=b", "PATH=/bin:/usr/bin"];
  await client.call("Put", "in text\n");
  await client.control(spawnShell("cat", script, { env, directory: "/", descriptors: { 0: "in", 5: "out" } }));
  t.like((await client.exits())[0], { name: "cat", status: 0 });
  await guardian.killWorker();
  t.is(await client.call("Get", "out"), "right\n");
});

test.serial("spawn – a key that is not kept, and a name twice, are refused", async (t) => {
  await using guardian = await TestGuardian.start();
  const client = await guardian.connect();
  await client.control(spawnShell("a", "exit", { descriptors: { 0: "nothing" } }));
  await client.control(spawnShell("b", "exit"), spawnShell("b", "exit"));
  const refused = await client.untilReceived(Operation.REFUSED, 2);
  t.deepEqual(
    refused.map((body) => [body.readUInt8(0), body.readUInt32BE(1), body.toString("utf8", 5)]),
    [
      [Operation.SPAWN, 2, "a"],
      [Operation.SPAWN, 17, "b"],
    ],
  );
});

test.serial("spawn – a frame that is cut off ends the worker", async (t) => {
  await using guardian = await TestGuardian.start();
  const whole = spawnShell("name", "exit").subarray(4);
  for (const [round, length] of [8, 12, 20, whole.length - 1].entries()) {
    const client = await guardian.connect();
    const call = client.control(encodeControl(Operation.SPAWN, whole.subarray(0, length)));
    await guardian.until(({ cause, deathsTotal }) => cause === "protocol error" && deathsTotal > round);
    // The call that did it would be sent again and again.
    client.close();
    await Promise.allSettled([call]);
    await guardian.until(({ calls }) => calls === 0);
  }
  t.is(await (await guardian.connect()).call("Echo", "hello"), "hello");
});
