import { wire } from "../proto/gen/wire.js";
import { leftovers } from "./bundle/leftovers.ts";
import { OciBundle, type OciBundleOptions } from "./bundle/oci-bundle.ts";
import { ClientStreams, type StreamsOptions } from "./containerd/client-streams.ts";
import { refusal } from "./containerd/refusal.ts";
import type { TestDaemon } from "./test-daemon.ts";
import { until } from "./until.ts";

/** What a container runs, and the streams that its client wants; `null`: no streams. */
export interface TestTaskOptions extends OciBundleOptions {
  readonly streams?: StreamsOptions | null;
}

const statusNames = ["unknown", "created", "running", "stopped", "paused", "pausing"] as const;
const endTimeout = { timeoutMs: 60_000 };

/**
 * One container of a `TestDaemon`, driven through the Task API as containerd drives it. Disposing ends and removes it.
 */
export class TestTask implements AsyncDisposable {
  readonly id: string;
  readonly bundle: OciBundle;
  readonly streams: ClientStreams | undefined;
  readonly #daemon: TestDaemon;
  readonly #execs: TestExec[] = [];

  constructor(daemon: TestDaemon, { streams, ...options }: TestTaskOptions = {}) {
    this.#daemon = daemon;
    this.bundle = new OciBundle({ ...options, terminal: streams?.terminal ?? false });
    this.id = this.bundle.id;
    this.streams = streams === null ? undefined : new ClientStreams(this.bundle.join("init"), streams);
  }

  /** Resolves with init's pid. `timeoutMs`: the client's deadline. */
  create(timeoutMs = endTimeout.timeoutMs): Promise<number> {
    return this.#create({}, timeoutMs);
  }

  /** Create with the image of a checkpoint, which Start restores. */
  async createFrom(imagePath: string): Promise<void> {
    await this.#create({ checkpoint: imagePath }, endTimeout.timeoutMs);
  }

  async #create(fields: wire.CreateTaskRequest.$Properties, timeoutMs: number): Promise<number> {
    const { id, bundle, streams } = this;
    const { root, binaryName } = bundle.container.options;
    const value = wire.RuncOptions.encode({ root, binary_name: binaryName }).finish();
    const options = { type_url: "containerd.runc.v1.Options", value };
    const request = { id, bundle: bundle.path, ...streams?.fields, options, ...fields };
    return (await this.#daemon.client.create(request, { timeoutMs })).pid;
  }

  async start(): Promise<void> {
    await this.#daemon.client.start({ id: this.id });
  }

  /** Create and Start. */
  async run(): Promise<void> {
    await this.create();
    await this.start();
  }

  /**
   * Writes an image of the container into a directory. `exit`: the container ends with it. Default: it keeps running.
   */
  async checkpoint(imagePath: string, { exit = false }: { readonly exit?: boolean } = {}): Promise<void> {
    const value = wire.CheckpointOptions.encode({ exit }).finish();
    const options = { type_url: "containerd.runc.v1.CheckpointOptions", value };
    await this.#daemon.client.checkpoint({ id: this.id, path: imagePath, options });
  }

  /** Adds an exec; its own `start` starts it. */
  async exec(execId: string, args: readonly string[], streams: StreamsOptions = {}): Promise<TestExec> {
    const exec = new TestExec({ daemon: this.#daemon, task: this, id: execId }, streams);
    this.#execs.push(exec);
    await exec.add(args);
    return exec;
  }

  /** Waits for the exit of init; resolves with its exit status. */
  async wait(): Promise<number> {
    return (await this.#daemon.client.wait({ id: this.id }, endTimeout)).exit_status;
  }

  async kill(signal: number): Promise<void> {
    await this.#daemon.client.kill({ id: this.id, signal });
  }

  /** Ends the input: closes the client's end, then CloseIO. */
  async closeStdin(): Promise<void> {
    this.streams?.closeInput();
    await this.#daemon.client.closeIo({ id: this.id, stdin: true });
  }

  /** Resolves with the exit status in the response. */
  async delete(): Promise<number> {
    return (await this.#daemon.client.delete({ id: this.id })).exit_status;
  }

  async status(): Promise<(typeof statusNames)[number]> {
    return statusNames[(await this.#daemon.client.state({ id: this.id })).status] ?? "unknown";
  }

  /** Kills init and waits for its exit. */
  async end(): Promise<number> {
    await refusal(this.kill(9));
    return await this.wait();
  }

  /** Returns what is left of it on the machine; empty if all is well. */
  leftovers(): readonly string[] {
    return leftovers(this.bundle);
  }

  /** Waits until nothing of it is left, as is required after Delete. */
  async gone(): Promise<void> {
    let left: readonly string[] = [];
    const isGone = (): boolean => {
      left = this.leftovers();
      return left.length === 0;
    };
    await until(isGone).catch(() => {
      throw new Error(`left behind of ${this.id}:\n${left.join("\n")}`);
    });
  }

  /** Waits until the daemon no longer knows the container, ending it if necessary, and until nothing of it is left. */
  async remove(): Promise<void> {
    const { client } = this.#daemon;
    await until(async () => {
      if ((await refusal(client.state({ id: this.id }))) !== undefined) return true;
      const isCreated = (await this.status()) === "created";
      if (!isCreated) await this.end();
      return (await refusal(client.delete({ id: this.id }))) === undefined;
    }, `the end of ${this.id}`);
    await this.gone();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.remove();
    } finally {
      for (const exec of this.#execs) exec[Symbol.dispose]();
      this.streams?.[Symbol.dispose]();
      this.bundle[Symbol.dispose]();
    }
  }
}

/** To what an exec belongs. */
export interface TestExecOf {
  readonly daemon: TestDaemon;
  readonly task: TestTask;
  readonly id: string;
}

/** An exec of a `TestTask`, which disposes it. */
export class TestExec implements Disposable {
  readonly id: string;
  readonly streams: ClientStreams;
  readonly #daemon: TestDaemon;
  readonly #task: TestTask;

  constructor({ daemon, task, id }: TestExecOf, streams: StreamsOptions) {
    this.#daemon = daemon;
    this.#task = task;
    this.id = id;
    this.streams = new ClientStreams(task.bundle.join(id), streams);
  }

  get #target(): { readonly id: string; readonly exec_id: string } {
    return { id: this.#task.id, exec_id: this.id };
  }

  async add(args: readonly string[]): Promise<void> {
    const process = { args, env: ["PATH=/bin"], cwd: "/", user: { uid: 0, gid: 0 } };
    const spec = { type_url: "types.containerd.io/opencontainers/runtime-spec/1/Process", value: encode(process) };
    await this.#daemon.client.exec({ ...this.#target, ...this.streams.fields, spec });
  }

  async start(): Promise<void> {
    await this.#daemon.client.start(this.#target);
  }

  async wait(): Promise<number> {
    return (await this.#daemon.client.wait(this.#target, endTimeout)).exit_status;
  }

  async kill(signal: number): Promise<void> {
    await this.#daemon.client.kill({ ...this.#target, signal });
  }

  async resize(width: number, height: number): Promise<void> {
    await this.#daemon.client.resizePty({ ...this.#target, width, height });
  }

  /** Ends the input: closes the client's end, then CloseIO. */
  async closeStdin(): Promise<void> {
    this.streams.closeInput();
    await this.#daemon.client.closeIo({ ...this.#target, stdin: true });
  }

  async delete(): Promise<number> {
    return (await this.#daemon.client.delete(this.#target)).exit_status;
  }

  [Symbol.dispose](): void {
    this.streams[Symbol.dispose]();
  }
}

const encode = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));
