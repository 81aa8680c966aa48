import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, readFileSync, statSync } from "node:fs";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import test from "ava";
import { encodeControl, Operation } from "./_support/frames.ts";
import { TestGuardian } from "./_support/guardian.ts";

function alarm(ms: number): Buffer {
  const body = Buffer.alloc(4);
  body.writeUInt32BE(ms);
  return encodeControl(Operation.ALARM, body);
}

/** SLEEP with the calls that the worker leaves unanswered: pairs of connection and stream. */
function sleepWith(...calls: readonly (readonly [number, number])[]): Buffer {
  const body = Buffer.alloc(8 * calls.length);
  calls.flat().forEach((number, index) => {
    body.writeUInt32BE(number, 4 * index);
  });
  return encodeControl(Operation.SLEEP, body);
}

function stateOf(pid: number): string | undefined {
  return readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.[0];
}

test.serial("status – one line of JSON describes the group", async (t) => {
  await using guardian = await TestGuardian.start({ workerArgs: ["build", "b42"] });
  const client = await guardian.connect();
  const held = client.call("Hold");
  await client.call("Put", "key text");
  const status = await guardian.status();
  t.like(status, { pid: guardian.pid, stage: "ready", build: "b42", epoch: 1, deaths: 0, cause: "first" });
  t.like(status, { connections: 1, calls: 1, keys: 1, watched: 0, remembered: 0 });
  t.is(statSync(guardian.control).mode & 0o777, 0o600);
  t.is(statSync(guardian.socket).mode & 0o777, 0o600);
  t.deepEqual(await guardian.ask("NONSENSE"), { error: "unknown request" });
  client.close();
  await t.throwsAsync(held);
});

test.serial("worker – its standard error is the cause of its death, for STATUS and the next worker", async (t) => {
  await using guardian = await TestGuardian.start();
  const client = await guardian.connect();
  for (const text of ["x".repeat(4000), "x".repeat(4000), "x".repeat(4000), '\n"last words"']) {
    await client.call("Stderr", text);
  }
  t.is((await client.info("Exit", "3")).attempts, 1);
  const [welcome] = await client.received(Operation.WELCOME);
  const [protocol, epoch, cause, deaths, status] = [0, 4, 8, 12, 16].map((at) => welcome?.readUInt32BE(at));
  t.deepEqual(
    { protocol, epoch, cause, deaths, status },
    { protocol: 1, epoch: 2, cause: 3, deaths: 1, status: 3 << 8 },
  );
  const text = `${"x".repeat(8192 - 13)}\n"last words"`;
  t.is(welcome?.toString("utf8", 20), text);
  await client.call("Stderr", "é");
  t.is((await guardian.status()).stderr, text);
  await guardian.killWorker();
  t.like(await guardian.status(), { cause: "crash", lastStatus: 9, stderr: "Ã©" });
});

test.serial("worker – a process that writes to standard error without end does not stop the guardian", async (t) => {
  await using guardian = await TestGuardian.start();
  const client = await guardian.connect();
  await client.call("Shout");
  t.is(await client.call("Echo", "hello"), "hello");
  await guardian.killWorker();
  t.is((await guardian.status()).stderr.length, 8192);
  t.is(await client.call("Echo", "hello"), "hello");
});

test.serial(
  "worker – the oom score is one higher than the guardian's, and it is a child of the guardian",
  async (t) => {
    await using guardian = await TestGuardian.start();
    const { worker } = await guardian.until(({ stage }) => stage === "ready");
    const score = (pid: number) => Number(readFileSync(`/proc/${pid}/oom_score_adj`, "utf8"));
    t.is(score(worker), Math.min(1000, score(guardian.pid) + 1));
    t.regex(readFileSync(`/proc/${worker}/status`, "utf8"), new RegExp(`^PPid:\\t${guardian.pid}$`, "m"));
  },
);

test.serial("worker – it ends with the guardian", async (t) => {
  const guardian = await TestGuardian.start();
  const { worker } = await guardian.until(({ stage }) => stage === "ready");
  await guardian[Symbol.asyncDispose]();
  while (existsSync(`/proc/${worker}`) && stateOf(worker) !== "Z") await sleep(5);
  t.pass();
});

for (const deaths of [1, 5]) {
  test.serial(`worker – one that dies at boot is started again – ${deaths} times`, async (t) => {
    await using guardian = await TestGuardian.start({ deaths });
    const client = await guardian.connect();
    t.is(await client.call("Echo", "hello"), "hello");
    t.like(await guardian.status(), { epoch: deaths + 1, deaths, deathsTotal: deaths, cause: "exit" });
  });
}

test.serial("worker – the time between two deaths at boot grows", async (t) => {
  await using guardian = await TestGuardian.start({ deaths: 1_000_000, args: ["--backoff-max", "400"] });
  await sleep(1500);
  const { epoch } = await guardian.status();
  // 0, 20, 60, 140, 300, 620, then each 400 ms.
  t.true(epoch >= 3 && epoch <= 9, String(epoch));
});

test.serial("worker – one whose program is missing is reported", async (t) => {
  await using guardian = await TestGuardian.start({ args: ["--backoff-max", "50", "--", "/no/such/worker"] });
  const { stderr, cause } = await guardian.until(({ deathsTotal }) => deathsTotal > 0);
  t.is(cause, "exit");
  t.is(stderr, "No such file or directory");
});

test.serial("worker – another version of the protocol is refused", async (t) => {
  await using guardian = await TestGuardian.start({ workerArgs: ["version", "2"], args: ["--ready-timeout", "1000"] });
  const client = await guardian.connect();
  await t.throwsAsync(client.call("Echo"), { message: /protocol error$/ });
  t.like(await guardian.status(), { cause: "protocol error", connections: 1 });
});

test.serial("worker – a frame that breaks the protocol ends it, the calls go to the next one", async (t) => {
  await using guardian = await TestGuardian.start();
  const unknown = encodeControl(0x7f);
  const tooLong = Buffer.from([Operation.DROP, 0xff, 0xff, 0xff]);
  const withoutDescriptor = encodeControl(Operation.KEEP, Buffer.from("\0key"));
  const tooShort = encodeControl(Operation.WATCH, Buffer.alloc(3));
  const again = encodeControl(Operation.HELLO, Buffer.from([0, 0, 0, 1, 0, 0, 0, 0]));
  for (const [round, frame] of [unknown, tooLong, withoutDescriptor, tooShort, again].entries()) {
    const client = await guardian.connect();
    const call = client.control(frame);
    await guardian.until(({ deathsTotal, cause }) => deathsTotal > round && cause === "protocol error");
    client.close();
    await Promise.allSettled([call]);
    await guardian.until(({ calls }) => calls === 0);
  }
  const client = await guardian.connect();
  t.is(await client.call("Echo", "hello"), "hello");
});

test.serial("watchdog – an endless loop is ended, and its call comes again", async (t) => {
  await using guardian = await TestGuardian.start({ args: ["--hang-timeout", "2000"] });
  const client = await guardian.connect();
  t.is((await client.info("Loop")).attempts, 1);
  t.like(await guardian.status(), { cause: "hang", deathsTotal: 1 });
});

test.serial("watchdog – a worker that hangs in one call is ended", async (t) => {
  await using guardian = await TestGuardian.start({ args: ["--hang-timeout", "2000"] });
  const client = await guardian.connect();
  t.is((await client.info("Block")).attempts, 1);
  t.like(await guardian.status(), { cause: "hang", deathsTotal: 1 });
});

test.serial("watchdog – a stopped worker is left alone", async (t) => {
  await using guardian = await TestGuardian.start({ args: ["--hang-timeout", "1000"] });
  const client = await guardian.connect();
  const { worker } = await guardian.until(({ stage }) => stage === "ready");
  process.kill(worker, "SIGSTOP");
  const call = client.call("Echo", "hello");
  await sleep(4000);
  t.like(await guardian.status(), { worker, deathsTotal: 0 });
  process.kill(worker, "SIGCONT");
  t.is(await call, "hello");
});

test.serial("watchdog – a worker that never gets ready is ended", async (t) => {
  const env = { WORKER_NOT_READY: "1" };
  await using guardian = await TestGuardian.start({ env, args: ["--ready-timeout", "1000"] });
  const { epoch } = await guardian.until(({ cause }) => cause === "hang");
  t.true(epoch >= 1);
});

test.serial("sleep – calls that wait stay, and the next call starts a worker", async (t) => {
  await using guardian = await TestGuardian.start();
  const client = await guardian.connect();
  const waiting = client.info("HoldOnce"); // stream 1
  const { connection } = await client.info();
  const asleep = client.control(sleepWith([connection, 1], [connection, 5]));
  await guardian.until(({ stage }) => stage === "asleep");
  await sleep(1200);
  t.like(await guardian.status(), { stage: "asleep", worker: 0, deathsTotal: 0, connections: 1 });
  t.is(await client.call("Echo", "hello"), "hello");
  await asleep;
  t.is((await waiting).attempts, 1);
  t.is((await client.received(Operation.WELCOME))[0]?.readUInt32BE(8), 5);
});

test.serial("sleep – a call that the worker does not know keeps it awake", async (t) => {
  await using guardian = await TestGuardian.start();
  const client = await guardian.connect();
  const held = client.call("Hold");
  await client.control(sleepWith());
  const [refused] = await client.untilReceived(Operation.REFUSED);
  t.is(refused?.readUInt8(0), Operation.SLEEP);
  t.like(await guardian.status(), { stage: "ready", epoch: 1 });
  client.close();
  await t.throwsAsync(held);
});

test.serial("sleep – an exit, an alarm, WAKE and a client's first call each end it", async (t) => {
  await using guardian = await TestGuardian.start();
  const fallAsleep = async (before: (client: Awaited<ReturnType<TestGuardian["connect"]>>) => Promise<unknown>) => {
    const client = await guardian.connect();
    await before(client);
    // The call that carries SLEEP is not answered: its client goes away.
    const { connection } = await client.info();
    const call = client.call(
      "Control",
      sleepWith(...Array.from({ length: 20 }, (_, i) => [connection, 2 * i + 1] as const)),
    );
    await guardian.until(({ stage }) => stage === "asleep");
    client.close();
    await Promise.allSettled([call]);
  };
  await fallAsleep(async (client) => {
    const pid = Number(await client.call("Orphan", "1500 4"));
    const body = Buffer.alloc(12);
    body.writeUInt32BE(pid);
    await client.control(encodeControl(Operation.WATCH, body));
  });
  await guardian.until(({ stage, cause }) => stage === "ready" && cause === "wake");
  const client = await guardian.connect();
  const [exit] = await client.exits();
  const done = Buffer.alloc(12);
  done.writeUInt32BE(exit?.pid ?? 0);
  done.writeBigUInt64BE(exit?.sequence ?? 0n, 4);
  await client.control(encodeControl(Operation.DONE, done));
  client.close();
  await fallAsleep((each) => each.control(alarm(1500)));
  await guardian.until(({ stage }) => stage === "ready");
  await fallAsleep(async () => {});
  t.deepEqual(await guardian.ask("WAKE"), {});
  await guardian.until(({ stage }) => stage === "ready");
  await fallAsleep(async () => {});
  t.is(await (await guardian.connect()).call("Echo", "hello"), "hello");
  t.is((await guardian.status()).deathsTotal, 0);
});

test.serial("end – what has been answered arrives, then everything ends", async (t) => {
  await using guardian = await TestGuardian.start();
  const client = await guardian.connect();
  t.is(await client.call("End"), "ended");
  t.is(await guardian.ended(), 0);
  await client.closed;
  t.false(existsSync(guardian.socket) || existsSync(guardian.control));
});

test.serial("control – without descriptors no request is accepted, until there are some again", async (t) => {
  await using guardian = await TestGuardian.start();
  const client = await guardian.connect();
  await client.call("Limit", "3");
  const asked = guardian.status();
  const cpu = () => {
    const fields = readFileSync(`/proc/${guardian.pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
    return Number(fields[11]) + Number(fields[12]);
  };
  const before = cpu();
  await sleep(1000);
  t.true(cpu() - before < 50);
  await client.call("Limit", "0");
  t.like(await asked, { stage: "ready" });
});

test.serial("peers – another user or group is disconnected before anything is read", async (t) => {
  await using guardian = await TestGuardian.start();
  for (const path of [guardian.socket, guardian.control]) {
    chmodSync(path, 0o777);
    const script = `const s = require("net").connect(${JSON.stringify(path)});
      s.on("error", () => {}).on("data", () => process.exit(1)).on("close", () => process.exit(7)); s.end("STATUS");`;
    const child = spawn(process.execPath, ["-e", script], { gid: 65534 });
    const [code] = await once(child, "exit");
    t.is(code, 7);
  }
  const socket = connect(guardian.control);
  socket.end("STATUS");
  t.true(String((await once(socket, "data"))[0]).startsWith("{"));
});
