import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { constants, existsSync, openSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { Client } from "@dunnage/ttrpc";
import test from "ava";
import { buildPrograms } from "../../../guardian/test/_support/programs.ts";
import { TempDir } from "../_support/temp-dir.ts";
import { until } from "../_support/until.ts";

/** A guardian of worker.ts, and a client of it. */
class Scene implements AsyncDisposable {
  readonly dir = new TempDir();
  readonly #guardian: ChildProcess;
  #client: Client | undefined;

  constructor() {
    const socket = this.dir.join("s");
    const options = ["--listen", socket, "--control", this.dir.join("control"), "--ready-fd", "1"];
    const worker = [process.execPath, join(import.meta.dirname, "worker.ts"), this.dir.path];
    this.#guardian = spawn(buildPrograms().plain, [...options, "--", ...worker], {
      stdio: ["ignore", "pipe", "inherit"],
    });
  }

  get pid(): number {
    return this.#guardian.pid ?? 0;
  }

  ended(): Promise<unknown> {
    return once(this.#guardian, "exit");
  }

  /** Calls a method of worker.ts. All calls share a connection. */
  async call<T>(method: string, payload = ""): Promise<T> {
    if (this.#client === undefined) await once(this.#guardian.stdout ?? this.#guardian, "data");
    this.#client ??= await Client.connect(this.dir.join("s"));
    const answer = await this.#client.call({ service: "test", method }, Buffer.from(payload), { timeoutMs: 60_000 });
    return JSON.parse(Buffer.from(answer).toString());
  }

  /** Kills the present worker; resolves with the state that the next one has found. */
  async killWorker(): Promise<Found> {
    const { pid } = await this.call<{ pid: number }>("Attempt");
    process.kill(pid, "SIGKILL");
    const epoch = this.#epoch();
    await until(() => existsSync(this.dir.join(`${epoch + 1}.json`)), "a new worker");
    await this.call("Attempt");
    return JSON.parse(readFileSync(this.dir.join(`${epoch + 1}.json`), "utf8"));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client?.close();
    if (this.#guardian.exitCode === null && this.#guardian.signalCode === null) {
      this.#guardian.kill("SIGKILL");
      await this.ended();
    }
    this.dir[Symbol.dispose]();
  }

  #epoch(): number {
    let epoch = 1;
    while (existsSync(this.dir.join(`${epoch + 1}.json`))) epoch++;
    return epoch;
  }
}

interface Found {
  readonly welcome: { readonly epoch: number; readonly cause: string; readonly status: number };
  readonly kept: readonly string[];
  readonly exits: readonly { readonly pid: number; readonly exitStatus: number }[];
}

test("a worker that dies with a call – the next one answers it, and knows the attempt", async (t) => {
  await using scene = new Scene();
  const before = await scene.call<{ attempt: number; pid: number }>("Attempt");
  t.is(before.attempt, 0);
  const after = await scene.call<{ attempt: number; pid: number }>("DieOnce");
  t.is(after.attempt, 1);
  t.not(after.pid, before.pid);
  t.is((await scene.call<{ attempt: number }>("Attempt")).attempt, 0);
});

test("what the next worker finds – the cause, the status, and what was kept", async (t) => {
  await using scene = new Scene();
  execFileSync("mkfifo", [scene.dir.join("fifo")]);
  await scene.call("Keep");
  const { welcome, kept } = await scene.killWorker();
  t.like(welcome, { epoch: 2, cause: "crash", status: 9 });
  t.deepEqual(kept, ["c/stdout"]);
  writeSync(openSync(scene.dir.join("fifo"), constants.O_WRONLY), "over the gap");
  await scene.call("Readable");
  t.deepEqual(await scene.call("Read"), { hasWriter: true, text: "over the gap" });
  await scene.call("Drop");
  t.deepEqual((await scene.killWorker()).kept, []);
});

test("an exit between two workers – is reported to each until one has confirmed it", async (t) => {
  await using scene = new Scene();
  const program = `until [ -e ${scene.dir.join("go")} ]; do sleep 0.01; done; exit 42`;
  const { pid } = await scene.call<{ pid: number }>("Run", program);
  t.deepEqual((await scene.killWorker()).exits, []);
  writeFileSync(scene.dir.join("go"), "");
  await until(async () => (await scene.call<unknown[]>("Exits")).length === 1, "the exit");
  for (let worker = 0; worker < 2; worker++) {
    const { exits } = await scene.killWorker();
    t.like(exits[0], { pid, exitStatus: 42 });
  }
  await scene.call("Done");
  t.deepEqual((await scene.killWorker()).exits, []);
});

test("a signal that ended a process – is 128 and its number", async (t) => {
  await using scene = new Scene();
  const { pid } = await scene.call<{ pid: number }>("Run", "exec sh -c 'kill -TERM $$'");
  await until(async () => (await scene.call<unknown[]>("Exits")).length === 1, "the exit");
  t.like((await scene.call<Found["exits"]>("Exits"))[0], { pid, exitStatus: 143 });
});

test("keepWithWriter – a file that is no FIFO – is refused with the reason", async (t) => {
  await using scene = new Scene();
  t.deepEqual(await scene.call("KeepFile"), ["the guardian refused file: invalid argument"]);
});

test("end – the answer arrives, and the guardian exits with its worker", async (t) => {
  await using scene = new Scene();
  const { pid } = await scene.call<{ pid: number }>("Attempt");
  const ended = scene.ended();
  await scene.call("End");
  t.deepEqual(await ended, [0, null]);
  t.false(existsSync(`/proc/${pid}`));
});
