import { execFileSync } from "node:child_process";
import { closeSync, constants, openSync, readFileSync, readSync, writeSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import test from "ava";
import { encodeControl, encodeDrop, Operation } from "./_support/frames.ts";
import { TestGuardian } from "./_support/guardian.ts";

const [prefixFlag, writerFlag] = [1, 2];

function poll(key: string): Buffer {
  return encodeControl(Operation.POLL, Buffer.from(key));
}

test.serial("keys – descriptors survive the worker", async (t) => {
  await using guardian = await TestGuardian.start();
  const client = await guardian.connect();
  await client.call("Put", "a/1 first");
  await client.call("Put", "a/2 second");
  await guardian.killWorker();
  t.is(await client.call("Get", "a/1"), "first");
  t.is(await client.call("Get", "a/2"), "second");
  t.is((await guardian.status()).keys, 2);
});

for (const [title, unread, padding] of [
  ["has not read a descriptor", 1, 0],
  ["has left more frames than one read takes", 0, 100_000],
] as const) {
  test.serial(`keys – KEEP of a dead worker counts – it ${title}`, async (t) => {
    await using guardian = await TestGuardian.start();
    const client = await guardian.connect();
    const { pid } = await client.info();
    const put = client.call("LastPut", `${unread} ${padding} key text`);
    await sleep(100); // the worker has the call
    if (unread === 1) await guardian.connect();
    while (!readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z")) await sleep(5);
    process.kill(guardian.pid, "SIGCONT");
    t.is(await put, "");
    t.is(await client.call("Get", "key"), "text");
    t.is((await guardian.status()).cause, "crash");
  });
}

test.serial("keys – a key that is kept again has the new descriptor", async (t) => {
  await using guardian = await TestGuardian.start();
  const client = await guardian.connect();
  await client.call("Put", "key old");
  await client.call("Put", "key new");
  await guardian.killWorker();
  t.is(await client.call("Get", "key"), "new");
  t.is((await guardian.status()).keys, 1);
});

test.serial("keys – DROP closes a key or all keys with a prefix", async (t) => {
  await using guardian = await TestGuardian.start();
  const client = await guardian.connect();
  for (const key of ["c1/out", "c1/err", "c10/out", "c1"]) await client.call("Put", `${key} text`);
  await client.control(encodeDrop("c1"));
  t.is((await guardian.status()).keys, 3);
  await client.control(encodeDrop("c1/", prefixFlag));
  t.is((await guardian.status()).keys, 1);
  await guardian.killWorker();
  t.is(await client.call("Get", "c10/out"), "text");
  t.is(await client.call("Get", "c1"), "no such key");
});

test.serial("keys – a FIFO has no end of file while the guardian keeps its write end", async (t) => {
  await using guardian = await TestGuardian.start();
  const client = await guardian.connect();
  const path = join(guardian.dir, "fifo");
  execFileSync("mkfifo", [path]);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const read = () => readSync(reader, Buffer.alloc(100));
  t.is(read(), 0); // no writer
  t.is(await client.call("KeepFifo", `out ${path}`), "opened");
  t.throws(read, { code: "EAGAIN" });
  await guardian.killWorker();
  t.throws(read, { code: "EAGAIN" });
  await client.control(encodeDrop("out", writerFlag));
  t.is(read(), 0);
  t.is((await guardian.status()).keys, 1);
  closeSync(reader);
});

test.serial("keys – unread output of a FIFO survives the worker", async (t) => {
  await using guardian = await TestGuardian.start();
  const client = await guardian.connect();
  const path = join(guardian.dir, "fifo");
  execFileSync("mkfifo", [path]);
  t.is(await client.call("KeepFifo", `out ${path}`), "opened");
  const writer = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  writeSync(writer, "output");
  closeSync(writer);
  await guardian.killWorker();
  await client.control(encodeDrop("out", writerFlag));
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const bytes = Buffer.alloc(100);
  t.is(bytes.toString("utf8", 0, readSync(reader, bytes)), "output");
  closeSync(reader);
});

test.serial("keys – no write end of anything but a FIFO is opened", async (t) => {
  await using guardian = await TestGuardian.start();
  const client = await guardian.connect();
  t.is(await client.call("KeepFifo", `out ${guardian.deathsFile}`), "refused");
  const [refused] = await client.received(Operation.REFUSED);
  t.deepEqual([refused?.readUInt8(0), refused?.readUInt32BE(1)], [Operation.KEEP, 22]);
  t.is((await guardian.status()).keys, 0);
});

test.serial("keys – a full table refuses, and what it has stays", async (t) => {
  await using guardian = await TestGuardian.start();
  const client = await guardian.connect();
  const hard = Number(execFileSync("sh", ["-c", "ulimit -Hn"], { encoding: "utf8" }));
  const limit = Math.min(4096, Math.floor((Number.isNaN(hard) ? 1 << 20 : hard) / 8));
  await Promise.all(Array.from({ length: limit + 1 }, (_, index) => client.call("Put", `key${index} ${index}`)));
  const [refused] = await client.untilReceived(Operation.REFUSED);
  t.deepEqual([refused?.readUInt8(0), refused?.readUInt32BE(1)], [Operation.KEEP, 24]);
  t.is((await guardian.status()).keys, limit);
  await guardian.killWorker();
  t.is(await client.call("Get", "key7"), "7");
});

test.serial("keys – POLL reports once that a descriptor is readable", async (t) => {
  await using guardian = await TestGuardian.start();
  const client = await guardian.connect();
  const path = join(guardian.dir, "fifo");
  execFileSync("mkfifo", [path]);
  await client.call("KeepFifo", `out ${path}`);
  await client.control(poll("out"));
  const writer = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  writeSync(writer, "output");
  const [event] = await client.untilReceived(Operation.EVENT);
  t.is(event?.toString(), "out");
  writeSync(writer, "more");
  await client.call("Echo");
  t.is((await client.received(Operation.EVENT)).length, 1);
  await client.control(poll("out"));
  await client.untilReceived(Operation.EVENT, 2);
  closeSync(writer);
});

test.serial("keys – an event between two workers is reported to the second", async (t) => {
  await using guardian = await TestGuardian.start();
  const client = await guardian.connect();
  const path = join(guardian.dir, "fifo");
  execFileSync("mkfifo", [path]);
  await client.call("KeepFifo", `out ${path}`);
  await client.control(poll("out"));
  const { worker } = await guardian.status();
  process.kill(worker, "SIGSTOP");
  const writer = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  writeSync(writer, "output");
  process.kill(worker, "SIGKILL");
  await guardian.until((status) => status.stage === "ready" && status.worker !== worker);
  // Whether the event was sent to the first or not: the second finds the descriptor readable.
  await client.control(poll("out"));
  t.is((await client.untilReceived(Operation.EVENT))[0]?.toString(), "out");
  closeSync(writer);
});

test.serial("keys – SLEEP is refused until the key of an EVENT is polled again or dropped", async (t) => {
  await using guardian = await TestGuardian.start();
  const client = await guardian.connect();
  const path = join(guardian.dir, "fifo");
  execFileSync("mkfifo", [path]);
  await client.call("KeepFifo", `out ${path}`);
  await client.control(poll("out"));
  const writer = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  writeSync(writer, "output");
  await client.untilReceived(Operation.EVENT);
  // SLEEP lists the calls, so that they are no cause to refuse it.
  const { connection } = await client.info();
  const calls = Buffer.alloc(160);
  for (let i = 0; i < 20; i++) {
    calls.writeUInt32BE(connection, 8 * i);
    calls.writeUInt32BE(2 * i + 1, 8 * i + 4);
  }
  const call = client.control(encodeControl(Operation.SLEEP, calls));
  const [refused] = await client.untilReceived(Operation.REFUSED);
  t.deepEqual([refused?.readUInt8(0), refused?.readUInt32BE(1)], [Operation.SLEEP, 11]);
  await call;
  await guardian.killWorker();
  await client.untilReceived(Operation.EVENT);
  await client.control(encodeDrop("out"));
  await guardian.killWorker();
  t.deepEqual(await client.received(Operation.EVENT), []);
  closeSync(writer);
});

test.serial("keys – what cannot be polled, or is not kept, is refused", async (t) => {
  await using guardian = await TestGuardian.start();
  const client = await guardian.connect();
  await client.call("Put", "file text");
  await client.control(poll("file"), poll("nothing"));
  const refused = await client.untilReceived(Operation.REFUSED, 2);
  t.deepEqual(
    refused.map((body) => [body.readUInt8(0), body.readUInt32BE(1), body.toString("utf8", 5)]),
    [
      [Operation.POLL, 1, "file"],
      [Operation.POLL, 2, "nothing"],
    ],
  );
});
