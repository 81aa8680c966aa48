import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { encodeRequestFrame, FrameReader } from "@dunnage/ttrpc";
import test from "ava";
import { TestGuardian } from "./_support/guardian.ts";

/** How long the clients continue; `GUARDIAN_FUZZ_MS` overrides it. */
const durationMs = Number(process.env["GUARDIAN_FUZZ_MS"] ?? 4000);
const mostBytesHeld = 8 << 20;

/** A random number generator with a seed (mulberry32), so that a failure can be repeated. */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

type Random = ReturnType<typeof createRandom>;

/** What became of the requests of one connection. */
class FuzzClient {
  readonly #random: Random;
  readonly #socket: Socket;
  readonly #reader = new FrameReader();
  readonly #open = new Set<number>();
  readonly #finished = new Set<number>();
  #streamId = 1;
  isClosed = false;
  answers = 0;
  faults: string[] = [];

  constructor(path: string, random: Random) {
    this.#random = random;
    this.#socket = connect(path);
    this.#socket.on("error", () => {});
    this.#socket.on("close", () => this.#end());
    this.#socket.on("data", (chunk: Buffer) => this.#receive(chunk));
  }

  /** Sends one piece: requests, cut anywhere, sometimes followed by garbage. */
  async step(): Promise<void> {
    const random = this.#random;
    const frames = Array.from({ length: 1 + random(20) }, () =>
      this.#request(random(40) === 0 ? random(300_000) : random(200)),
    );
    const bytes = Buffer.concat(frames);
    const cut = random(bytes.length);
    this.#socket.write(bytes.subarray(0, cut));
    if (random(3) === 0) await sleep(random(3));
    this.#socket.write(bytes.subarray(cut));
    if (random(60) === 0) this.#socket.write(Buffer.from(Array.from({ length: 30 }, () => random(256))));
    if (random(80) === 0) this.#socket.destroy();
    if (random(20) === 0) this.#socket.pause();
    if (random(2) === 0) this.#socket.resume();
    await sleep(random(4));
  }

  /** Resolves when every request has its answer, or the connection is closed. */
  async settle(): Promise<void> {
    this.#socket.resume();
    while (!this.isClosed && this.#open.size > 0) await sleep(5);
    this.#socket.destroy();
  }

  get openRequests(): number {
    return this.isClosed ? 0 : this.#open.size;
  }

  #request(length: number): Buffer {
    const streamId = this.#streamId;
    this.#streamId += 2;
    this.#open.add(streamId);
    const payload = Buffer.alloc(length, streamId & 0xff);
    const request = {
      service: "test",
      method: "Fuzz",
      payload,
      timeoutNano: 0n,
      metadata: new Map<string, string[]>(),
    };
    return Buffer.from(encodeRequestFrame(streamId, request));
  }

  #receive(chunk: Buffer): void {
    try {
      this.#reader.push(chunk);
      for (let frame = this.#reader.next(); frame; frame = this.#reader.next()) {
        const isLast = frame.type === 2 || (frame.flags & 1) === 1;
        if (this.#finished.has(frame.streamId)) this.faults.push(`stream ${frame.streamId} was answered twice`);
        else if (!this.#open.has(frame.streamId)) this.faults.push(`stream ${frame.streamId} was never asked for`);
        if (!isLast) continue;
        this.answers++;
        this.#open.delete(frame.streamId);
        this.#finished.add(frame.streamId);
      }
    } catch (error) {
      this.faults.push(`not ttrpc: ${error}`);
      this.#socket.destroy();
    }
  }

  #end(): void {
    this.isClosed = true;
    // The guardian writes whole frames. A client that closes its own end may stop within one.
    if (!this.#socket.destroyed && this.#reader.bufferedBytes > 0) this.faults.push("a frame was cut off");
  }
}

test.serial("fuzz – each request is answered at most once and whole, or its connection is closed", async (t) => {
  const seed = Number(process.env["GUARDIAN_FUZZ_SEED"] ?? Date.now() % 1_000_000);
  t.timeout(durationMs + 100_000);
  await using guardian = await TestGuardian.start({ env: { WORKER_FUZZ: "1" }, args: ["--backoff-max", "20"] });
  const end = Date.now() + durationMs;
  let answers = 0;
  const runClient = async (random: Random) => {
    while (Date.now() < end) {
      const client = new FuzzClient(guardian.socket, random);
      for (let step = 1 + random(30); step > 0 && Date.now() < end && !client.isClosed; step--) await client.step();
      await client.settle();
      t.deepEqual(client.faults, [], `seed ${seed}`);
      answers += client.answers;
    }
  };
  const watchMemory = async () => {
    while (Date.now() < end) {
      const { callsBytes } = await guardian.status();
      if (callsBytes > mostBytesHeld) t.fail(`${callsBytes} bytes are held, seed ${seed}`);
      await sleep(20);
    }
  };
  await Promise.all([...Array.from({ length: 6 }, (_, index) => runClient(createRandom(seed + index))), watchMemory()]);
  const status = await guardian.until(({ connections }) => connections === 0);
  t.like(status, { calls: 0, callsBytes: 0 });
  t.log(`seed ${seed}: ${answers} answers, ${status.deathsTotal} deaths of workers`);
  t.true(answers > 0 && status.deathsTotal > 0);
});
