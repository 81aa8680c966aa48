import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { type Code, encodeRequestFrame, FrameReader, MessageType, StatusError } from "@dunnage/ttrpc";
import test from "ava";
import { TestGuardian } from "./_support/guardian.ts";

const request = { service: "test", timeoutNano: 0n, metadata: new Map<string, string[]>() };

function encode(streamId: number, method: string, payload = ""): Buffer {
  return Buffer.from(encodeRequestFrame(streamId, { ...request, method, payload: Buffer.from(payload) }));
}

/** A connection of bytes, for frames that no client sends. */
function openRaw(path: string) {
  const socket = connect(path);
  const reader = new FrameReader();
  const frames: { streamId: number; type: number; flags: number; text: string }[] = [];
  const closed = new Promise<void>((resolve) => socket.on("close", () => resolve()));
  socket.on("error", () => {});
  socket.on("data", (chunk: Buffer) => {
    reader.push(chunk);
    for (let frame = reader.next(); frame; frame = reader.next()) {
      frames.push({ streamId: frame.streamId, type: frame.type, flags: frame.flags, text: String(frame.data) });
    }
  });
  const until = async (count: number) => {
    while (frames.length < count) await sleep(2);
    return frames;
  };
  return { socket, frames, closed, until, [Symbol.dispose]: () => socket.destroy() };
}

function codeOf(error: unknown): Code | undefined {
  return error instanceof StatusError ? error.code : undefined;
}

test.serial("proxy – an answer reaches its client", async (t) => {
  await using guardian = await TestGuardian.start();
  const client = await guardian.connect();
  t.is(await client.call("Echo", "hello"), "hello");
  t.is(await client.call("Echo", ""), "");
  const big = "x".repeat(4_000_000);
  t.is(await client.call("Echo", big), big);
});

test.serial("proxy – many connections at a time each get their own answers", async (t) => {
  await using guardian = await TestGuardian.start();
  const clients = await Promise.all(Array.from({ length: 30 }, () => guardian.connect()));
  const answers = await Promise.all(clients.map((client, index) => client.call("Echo", `c${index}`)));
  t.deepEqual(
    answers,
    clients.map((_, index) => `c${index}`),
  );
  const ids = await Promise.all(clients.map(async (client) => (await client.info()).connection));
  t.is(new Set(ids).size, clients.length);
});

test.serial("proxy – a socket that the guardian inherits works as one that it makes", async (t) => {
  await using guardian = await TestGuardian.start({ isSocketInherited: true });
  const client = await guardian.connect();
  t.is(await client.call("Echo", "hello"), "hello");
});

test.serial("proxy – a request that comes before the worker is ready waits for it", async (t) => {
  await using guardian = await TestGuardian.start({ deaths: 2 });
  const client = await guardian.connect();
  t.is(await client.call("Echo", "hello"), "hello");
  t.is((await guardian.status()).deathsTotal, 2);
});

test.serial("proxy – a call that no worker has read when it is killed is sent again", async (t) => {
  await using guardian = await TestGuardian.start();
  const client = await guardian.connect();
  await client.call("Echo");
  const { worker } = await guardian.status();
  process.kill(worker, "SIGSTOP");
  const calls = [client.info(), client.info()];
  await guardian.until((status) => status.calls === 2);
  process.kill(worker, "SIGKILL");
  for (const { pid } of await Promise.all(calls)) t.not(pid, worker);
});

test.serial("proxy – a call that kills its worker is sent again, with the number of attempts", async (t) => {
  await using guardian = await TestGuardian.start();
  const client = await guardian.connect();
  t.is((await client.info("Die", "1")).attempts, 1);
  t.is((await client.info("Die", "3")).attempts, 3);
  t.is((await guardian.status()).deathsTotal, 4);
});

test.serial("proxy – calls that wait survive the worker, with their stream ids and age", async (t) => {
  await using guardian = await TestGuardian.start();
  const client = await guardian.connect();
  const waiting = client.info("HoldOnce");
  await client.call("Echo");
  await sleep(30);
  await guardian.killWorker();
  const { attempts, age } = await waiting;
  t.is(attempts, 1);
  t.true(age >= 30 && age < 60_000);
});

test.serial(
  "proxy – an answer that is cut off by the worker's death arrives once and whole – at 1 to 60 bytes",
  async (t) => {
    await using guardian = await TestGuardian.start();
    const client = await guardian.connect();
    const expected = "the answer of a second worker, which is longer than sixty bytes";
    for (let cut = 1; cut <= 60; cut++) t.is(await client.call("Half", String(cut)), expected);
    t.is((await guardian.status()).deathsTotal, 60);
  },
);

test.serial(
  "proxy – a request of which half has come when the worker dies is answered – at 1 to 60 bytes",
  async (t) => {
    await using guardian = await TestGuardian.start();
    using raw = openRaw(guardian.socket);
    const payload = "the request whose second half comes after a worker";
    for (let cut = 1; cut <= 60; cut += 1) {
      const frame = encode(2 * cut - 1, "Echo", payload);
      raw.socket.write(frame.subarray(0, cut));
      await sleep(1);
      await guardian.killWorker();
      raw.socket.write(frame.subarray(cut));
      const frames = await raw.until(cut);
      t.is(frames.length, cut);
      t.true(frames.at(-1)?.text.endsWith(payload));
    }
  },
);

test.serial("proxy – 200 pipelined calls are each answered once while the worker is killed", async (t) => {
  await using guardian = await TestGuardian.start();
  for (let round = 0; round < 10; round++) {
    using raw = openRaw(guardian.socket);
    const { worker } = await guardian.until(({ stage }) => stage === "ready");
    const frames = Array.from({ length: 200 }, (_, index) => encode(2 * index + 1, "Echo", `call ${index}`));
    raw.socket.write(Buffer.concat(frames));
    await sleep(round / 4);
    process.kill(worker, "SIGKILL");
    await raw.until(200);
    await guardian.until((status) => status.worker !== worker && status.calls === 0);
    t.deepEqual(
      raw.frames.map(({ streamId }) => streamId).sort((a, b) => a - b),
      Array.from({ length: 200 }, (_, index) => 2 * index + 1),
    );
    for (const { streamId, text } of raw.frames) t.true(text.endsWith(`call ${(streamId - 1) / 2}`));
  }
});

test.serial("proxy – a stream is passed through, and ends with code 14 when the worker dies", async (t) => {
  await using guardian = await TestGuardian.start();
  using raw = openRaw(guardian.socket);
  raw.socket.write(encode(1, "Stream", "finite"));
  await raw.until(3);
  t.deepEqual(
    raw.frames.map(({ type, flags, text }) => ({ type, flags, text })),
    [
      { type: MessageType.Data, flags: 0, text: "one" },
      { type: MessageType.Data, flags: 0, text: "two" },
      { type: MessageType.Data, flags: 5, text: "" },
    ],
  );
  raw.socket.write(encode(3, "Stream"));
  await raw.until(4);
  await guardian.killWorker();
  const [, , , , last] = await raw.until(5);
  t.is(last?.type, MessageType.Response);
  t.true(last?.text.includes("the shim's worker ended during the stream"));
  t.is((await guardian.status()).calls, 0);
});

test.serial("proxy – a message that is too long is refused with code 8, the connection stays", async (t) => {
  await using guardian = await TestGuardian.start();
  using raw = openRaw(guardian.socket);
  const size = (4 << 20) + 1;
  const head = Buffer.alloc(10);
  head.writeUInt32BE(size);
  head.writeUInt32BE(1, 4);
  head[8] = MessageType.Request;
  raw.socket.write(Buffer.concat([head, Buffer.alloc(size), encode(3, "Echo", "after")]));
  const [refused, echoed] = await raw.until(2);
  t.is(refused?.text, "\nA\b\b\x12=message length 4194305 exceed maximum message size of 4194304");
  t.true(echoed?.text.endsWith("after"));
});

test.serial("proxy – a client that speaks another protocol is disconnected", async (t) => {
  await using guardian = await TestGuardian.start();
  using raw = openRaw(guardian.socket);
  raw.socket.write("GET / HTTP/1.1\r\n\r\n");
  await raw.closed;
  t.deepEqual(raw.frames, []);
});

test.serial("proxy – requests beyond the limits wait in the client, and are answered in the end", async (t) => {
  await using guardian = await TestGuardian.start({ env: { WORKER_NOT_READY: "1" } });
  const clients = await Promise.all(Array.from({ length: 4 }, () => guardian.connect()));
  const payload = "x".repeat(1 << 20);
  const calls = clients.flatMap((client) => Array.from({ length: 6 }, () => client.call("Echo", payload)));
  await guardian.until(({ callsBytes }) => callsBytes > 6 << 20);
  await sleep(100);
  const { callsBytes } = await guardian.status();
  t.true(callsBytes <= 8 << 20);
  for (const client of clients) client.close();
  await t.throwsAsync(Promise.any(calls));
  await guardian.until((status) => status.callsBytes === 0);
});

test.serial("proxy – requests beyond the limits continue when there is room", async (t) => {
  await using guardian = await TestGuardian.start();
  const clients = await Promise.all(Array.from({ length: 4 }, () => guardian.connect()));
  const payload = "x".repeat(1 << 20);
  const calls = clients.flatMap((client) => Array.from({ length: 6 }, () => client.call("Echo", payload)));
  for (const answer of await Promise.all(calls)) t.is(answer.length, payload.length);
});

test.serial("proxy – data that waited for room is dropped if its stream has ended", async (t) => {
  await using guardian = await TestGuardian.start();
  using raw = openRaw(guardian.socket);
  raw.socket.write(encode(1, "Stream"));
  await raw.until(1);
  const data = Buffer.alloc(10 + (2 << 20), "x").fill(0, 0, 10);
  data.writeUInt32BE(2 << 20);
  data.writeUInt32BE(1, 4);
  data[8] = MessageType.Data;
  raw.socket.write(Buffer.concat([encode(3, "Hold", "x".repeat(4_000_000)), data, encode(5, "Echo", "hello")]));
  await guardian.until(({ callsBytes }) => callsBytes > 4_000_000);
  await sleep(200); // the data has come, too
  await guardian.killWorker();
  const frames = await raw.until(3);
  t.deepEqual(
    frames.map(({ streamId }) => streamId),
    [1, 1, 5],
  );
});

test.serial("proxy – a connection that the worker closes is closed for the client", async (t) => {
  await using guardian = await TestGuardian.start();
  const [first, second] = [await guardian.connect(), await guardian.connect()];
  await t.throwsAsync(first.call("Close"), { message: "ttrpc: closed" });
  t.is(await second.call("Echo", "still here"), "still here");
});

test.serial("proxy – a client that goes away takes its calls with it", async (t) => {
  await using guardian = await TestGuardian.start();
  const client = await guardian.connect();
  const call = client.call("Hold");
  await client.call("Echo");
  client.close();
  await t.throwsAsync(call);
  const status = await guardian.until(({ connections }) => connections === 0);
  t.is(status.calls, 0);
});

test.serial("proxy – calls wait for a worker, then fail with code 14 and its last words", async (t) => {
  await using guardian = await TestGuardian.start({ args: ["--ready-timeout", "1500"], deaths: 1_000_000 });
  const client = await guardian.connect();
  const error = await t.throwsAsync(client.call("Echo"), {
    message: /^the shim's worker is not ready: it ended \d+ times in a row, the last one: exit$/,
  });
  t.is(codeOf(error), 14);
  const status = await guardian.status();
  t.regex(status.stderr, /^boot failed, \d+ to go$/);
});
