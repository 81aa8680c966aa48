import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "@dunnage/ttrpc";
import { type ControlFrame, decodeControl, decodeExit, type Exit, Operation } from "./frames.ts";
import { buildPrograms } from "./programs.ts";

/** What STATUS answers. */
export interface Status {
  readonly pid: number;
  readonly worker: number;
  readonly stage: string;
  readonly build: string;
  readonly epoch: number;
  readonly deaths: number;
  readonly deathsTotal: number;
  readonly cause: string;
  readonly lastStatus: number;
  readonly connections: number;
  readonly calls: number;
  readonly callsBytes: number;
  readonly keys: number;
  readonly watched: number;
  readonly remembered: number;
  readonly stderr: string;
}

/** How a guardian is started. */
export interface TestGuardianOptions {
  /** Options of its command line. */
  readonly args?: readonly string[];
  /** Arguments of the worker. */
  readonly workerArgs?: readonly string[];
  /** Variables of the worker's environment, see worker.c. */
  readonly env?: Readonly<Record<string, string>>;
  /** Number of workers that die at boot. */
  readonly deaths?: number;
  /** Whether it is the program as installed, without sanitizers. */
  readonly isPlain?: boolean;
  /** Whether it inherits its socket. */
  readonly isSocketInherited?: boolean;
}

/** A guardian with the worker of worker.c. */
export class TestGuardian implements AsyncDisposable {
  readonly programs = buildPrograms();
  readonly dir = mkdtempSync(join(tmpdir(), "guardian-"));
  readonly socket = join(this.dir, "s");
  readonly control = join(this.dir, "c");
  /** The number of workers that are still to die at boot. */
  readonly deathsFile = join(this.dir, "deaths");
  readonly #process: ChildProcess;
  readonly #clients: Client[] = [];
  #errors = "";

  private constructor(options: TestGuardianOptions) {
    const { args = [], workerArgs = [], deaths = 0, isPlain, isSocketInherited } = options;
    writeFileSync(this.deathsFile, String(deaths));
    const program = isPlain ? this.programs.plain : this.programs.sanitized;
    const listen = isSocketInherited ? ["--listen-fd", "7"] : ["--listen", this.socket];
    const command = [program, ...listen, "--control", this.control, "--ready-fd", "1", ...args, "--"];
    command.push(this.programs.worker, ...workerArgs);
    if (isSocketInherited) command.unshift(this.programs.worker, "listen", this.socket);
    const [file = "", ...rest] = command;
    const env = { ...process.env, WORKER_DEATHS: this.deathsFile, ...options.env };
    this.#process = spawn(file, rest, { stdio: ["ignore", "pipe", "pipe"], env });
    this.#process.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#errors += text;
    });
  }

  /** Resolves when the guardian listens. */
  static async start(options: TestGuardianOptions = {}): Promise<TestGuardian> {
    const guardian = new TestGuardian(options);
    const stdout = guardian.#process.stdout;
    if (stdout === null) throw new Error("no pipe");
    await Promise.race([once(stdout, "data"), guardian.ended()]);
    stdout.destroy();
    return guardian;
  }

  get pid(): number {
    if (this.#process.pid === undefined) throw new Error("the guardian did not start");
    return this.#process.pid;
  }

  /** Resolves to the exit code. Rejects if a sanitizer has reported anything. */
  async ended(): Promise<number | null> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) await once(this.#process, "exit");
    if (this.#errors !== "") throw new Error(this.#errors);
    return this.#process.exitCode;
  }

  async connect(): Promise<TestClient> {
    const client = await Client.connect(`unix://${this.socket}`);
    this.#clients.push(client);
    return new TestClient(client);
  }

  /** Sends a request to the control socket; resolves to the answer. */
  async ask(request: string | Uint8Array): Promise<unknown> {
    const socket = connect(this.control);
    socket.end(request);
    const chunks: Buffer[] = [];
    for await (const chunk of socket) chunks.push(chunk);
    return JSON.parse(Buffer.concat(chunks).toString());
  }

  async status(): Promise<Status> {
    return (await this.ask("STATUS")) as Status;
  }

  /** Resolves to the first status that satisfies a condition. */
  async until(condition: (status: Status) => boolean): Promise<Status> {
    for (;;) {
      const status = await this.status();
      if (condition(status)) return status;
      await sleep(5);
    }
  }

  /** Kills the worker with SIGKILL once it is ready. */
  async killWorker(): Promise<void> {
    const { worker } = await this.until(({ stage }) => stage === "ready");
    process.kill(worker, "SIGKILL");
    await this.until((status) => status.worker !== worker);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) client.close();
    this.#process.kill("SIGKILL");
    await this.ended();
    rmSync(this.dir, { recursive: true });
  }
}

/** A client whose payloads are text. */
export class TestClient {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  get closed(): Promise<void> {
    return this.#client.closed;
  }

  close(): void {
    this.#client.close();
  }

  async call(method: string, payload: string | Uint8Array = ""): Promise<string> {
    return Buffer.from(await this.callRaw(method, payload)).toString();
  }

  callRaw(method: string, payload: string | Uint8Array = ""): Promise<Uint8Array> {
    return this.#client.call({ service: "test", method }, Buffer.from(payload));
  }

  /** Lets the worker send frames to the guardian. */
  async control(...frames: readonly Uint8Array[]): Promise<void> {
    await this.callRaw("Control", Buffer.concat(frames));
  }

  /** Resolves to what Info answers. */
  async info(
    method = "Info",
    payload = "",
  ): Promise<{ pid: number; connection: number; attempts: number; age: number }> {
    const [pid = 0, connection = 0, attempts = 0, age = 0] = (await this.call(method, payload)).split(" ").map(Number);
    return { pid, connection, attempts, age };
  }

  /** Resolves to the bodies of the frames of one kind that the present worker has received. */
  async received(operation: number): Promise<readonly Buffer[]> {
    const frames: readonly ControlFrame[] = decodeControl(await this.callRaw("Log"));
    return frames.filter((frame) => frame.operation === operation).map(({ body }) => body);
  }

  /** Resolves when the present worker has received that many frames of a kind. */
  async untilReceived(operation: number, count = 1): Promise<readonly Buffer[]> {
    for (;;) {
      const bodies = await this.received(operation);
      if (bodies.length >= count) return bodies;
      await sleep(5);
    }
  }

  async exits(count = 1): Promise<readonly Exit[]> {
    return (await this.untilReceived(Operation.EXIT, count)).map(decodeExit);
  }
}
