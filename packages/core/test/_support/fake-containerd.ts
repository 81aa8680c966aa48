import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { Client } from "@dunnage/ttrpc";
import { openKoffiLibc } from "../../src/native/open-libc.ts";
import { readProcess } from "../../src/native/proc.ts";
import { wire } from "../../src/proto/gen/wire.js";
import type { Distribution } from "./distribution.ts";
import { TempDir } from "./temp-dir.ts";
import { until } from "./until.ts";

/** Which containerd calls. They differ in environment and standard input. */
export type Dialect = "1.6" | "1.7" | "2.3";

/** One call of a shim's binary. */
export interface Invocation {
  readonly id?: string;
  readonly dialect?: Dialect;
  readonly namespace?: string;
  readonly runtime?: string;
  readonly debug?: boolean;
  readonly address?: string;
  readonly ttrpcAddress?: string;
  /** Encoded Any for standard input; 2.3 wraps it. */
  readonly options?: Uint8Array;
  readonly socketDir?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** What came out of it. */
export interface Outcome {
  readonly status: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
  /** `unix://…`, if stdout is that and nothing else. */
  readonly address: string;
}

/** Executes launchers as containerd does: argv, environment, working directory, standard input, output to its end. */
export class FakeContainerd implements AsyncDisposable {
  readonly #dir = new TempDir();
  readonly #distribution: Distribution;
  readonly #listener: Server;
  #executable: string | undefined;
  readonly runtimeDir = this.#dir.join("run");
  readonly configPath = this.#dir.join("etc", "config.toml");
  readonly grpcAddress = this.#dir.join("containerd.sock");

  private constructor(distribution: Distribution, listener: Server) {
    this.#distribution = distribution;
    this.#listener = listener;
    mkdirSync(this.#dir.join("etc"));
  }

  static async start(distribution: Distribution, config = ""): Promise<FakeContainerd> {
    const containerd = new FakeContainerd(
      distribution,
      createServer((socket) => socket.destroy()),
    );
    if (config !== "") containerd.configure(config);
    const { promise, resolve } = Promise.withResolvers<void>();
    containerd.#listener.listen(containerd.grpcAddress, resolve);
    await promise;
    return containerd;
  }

  configure(config: string): void {
    writeFileSync(this.configPath, config);
  }

  /** containerd's socket goes away, as when it is killed and its socket removed. */
  async die(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#listener.close(() => resolve());
    await promise;
  }

  bundle(id: string, namespace = "default"): string {
    return this.#dir.join("state", namespace, id);
  }

  makeBundle({ id = "c1", namespace = "default", annotations = {} }: Invocation): string {
    const bundle = this.bundle(id, namespace);
    mkdirSync(join(bundle, "rootfs"), { recursive: true });
    writeFileSync(join(bundle, "config.json"), JSON.stringify({ ociVersion: "1.0.2", annotations }));
    return bundle;
  }

  /** From now on calls another executable instead of the distribution's launchers. */
  callThrough(executable: string): void {
    this.#executable = executable;
  }

  start(invocation: Invocation = {}): Promise<Outcome> {
    return finish(this.spawnStart(invocation));
  }

  /** `start`, not waited for. */
  spawnStart(invocation: Invocation = {}): ChildProcess {
    const { id = "c1", namespace = "default", debug = false } = invocation;
    const cwd = this.makeBundle(invocation);
    const args = [
      "-namespace",
      namespace,
      "-address",
      this.#address(invocation),
      "-publish-binary",
      "/usr/bin/containerd",
    ];
    args.push("-id", id, ...(debug ? ["-debug"] : []), "start");
    return this.#spawn(invocation, args, { cwd, input: this.#input(invocation) });
  }

  delete(invocation: Invocation = {}): Promise<Outcome> {
    const { id = "c1", namespace = "default" } = invocation;
    const bundle = this.bundle(id, namespace);
    const args = [
      "-namespace",
      namespace,
      "-address",
      this.#address(invocation),
      "-publish-binary",
      "/usr/bin/containerd",
    ];
    args.push("-id", id, "-bundle", bundle, "delete");
    return finish(this.#spawn(invocation, args, { cwd: existsSync(bundle) ? bundle : "/", input: undefined }));
  }

  /** Any other call, in the bundle. */
  run(args: readonly string[], invocation: Invocation & { input?: Uint8Array } = {}): Promise<Outcome> {
    return finish(this.#spawn(invocation, args, { cwd: this.makeBundle(invocation), input: invocation.input }));
  }

  /** Directories of all daemons, live or dead. */
  daemons(): string[] {
    const parent = join(this.runtimeDir, "d");
    return existsSync(parent) ? readdirSync(parent).map((name) => join(parent, name)) : [];
  }

  /** Pids of the daemons that live. */
  pids(): number[] {
    const others = this.daemons().filter((directory) => pidOf(directory) !== process.pid);
    return others.map(pidOf).filter((pid) => /[^ZX]/.test(readProcess(pid)?.state ?? ""));
  }

  /** Waits until no daemon is left. */
  async untilAllEnded(): Promise<void> {
    await until(() => this.pids().length === 0 && this.daemons().length === 0, "the end of all daemons");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const pid of this.pids()) {
      process.kill(pid, "SIGKILL");
      await until(() => !this.pids().includes(pid));
    }
    await this.die();
    this.#dir[Symbol.dispose]();
  }

  #address({ address = this.grpcAddress }: Invocation): string {
    return address;
  }

  #ttrpcAddress({ ttrpcAddress = `${this.grpcAddress}.ttrpc` }: Invocation): string {
    return ttrpcAddress;
  }

  #input(invocation: Invocation): Uint8Array | undefined {
    const { dialect = "1.7", id = "c1", namespace = "default", options, debug = false } = invocation;
    if (dialect !== "2.3") return options;
    return wire.BootstrapParams.encode({
      instance_id: id,
      namespace,
      ...(debug ? { log_level: -4 } : {}), // Go leaves out what is zero
      containerd_version: "v2.3.4",
      containerd_ttrpc_address: this.#ttrpcAddress(invocation),
      containerd_grpc_address: this.#address(invocation),
      containerd_binary: "/usr/bin/containerd",
      extensions: options === undefined ? [] : [{ value: wire.Any.decode(options) }],
      socket_dir: invocation.socketDir ?? this.#dir.join("s"), // it has a default: /run/containerd/s
    }).finish();
  }

  #spawn(
    invocation: Invocation,
    args: readonly string[],
    io: { cwd: string; input: Uint8Array | undefined },
  ): ChildProcess {
    const { dialect = "1.7", namespace = "default", runtime = "runc" } = invocation;
    const since17 = { GRPC_ADDRESS: this.#address(invocation), NAMESPACE: namespace, MAX_SHIM_VERSION: "2" };
    const env = {
      PATH: process.env["PATH"] ?? "",
      DUNNAGE_RUNTIME_DIR: this.runtimeDir,
      DUNNAGE_CONFIG: this.configPath,
      GOMAXPROCS: "2",
      TTRPC_ADDRESS: this.#ttrpcAddress(invocation),
      ...(dialect === "1.6" ? {} : since17),
      ...invocation.env,
    };
    using stdin = io.input === undefined ? undefined : new FilledPipe(io.input);
    const stdio = [stdin?.fd ?? "ignore", "pipe", "pipe"] as const;
    return spawn(this.#executable ?? this.#distribution.launcher(runtime), args, {
      cwd: io.cwd,
      env,
      stdio: [...stdio],
      detached: true,
    });
  }
}

/** A pipe with bytes in it and nobody who writes more: what Go's os/exec makes. Node's own "pipe" is a socket. */
class FilledPipe implements Disposable {
  readonly fd: number;

  constructor(bytes: Uint8Array) {
    const [read, write] = openKoffiLibc().pipe();
    this.fd = read;
    writeSync(write, bytes);
    closeSync(write);
  }

  [Symbol.dispose](): void {
    closeSync(this.fd);
  }
}

/** Waits for the end of both outputs, as containerd does. */
export async function finish(child: ChildProcess): Promise<Outcome> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout?.on("data", (chunk: Buffer) => stdout.push(chunk));
  child.stderr?.on("data", (chunk: Buffer) => stderr.push(chunk));
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  child.once("close", resolve).once("error", reject);
  const status = await promise;
  const out = Buffer.concat(stdout);
  const address = /^unix:\/\/\S+$/.exec(out.toString())?.[0] ?? "";
  return { status, stdout: out, stderr: Buffer.concat(stderr).toString(), address };
}

/** Pid of the daemon that a directory belongs to. */
export const pidOf = (directory: string): number =>
  Number.parseInt(directory.slice(directory.lastIndexOf("/") + 1), 10);

/** Pid of the daemon behind an address, by its Connect call: it is really there. */
export async function pidBehind(address: string): Promise<number> {
  const response = await callTask(address, "Connect", wire.ConnectRequest.encode({ id: "any" }).finish());
  return wire.ConnectResponse.decode(response).shim_pid;
}

/** One call of the Task service on a connection of its own. */
export async function callTask(address: string, method: string, payload: Uint8Array): Promise<Uint8Array> {
  using client = await Client.connect(address, { timeoutMs: 20_000 });
  return await client.call("containerd.task.v2.Task", method, payload, { timeoutMs: 20_000 });
}

export const createTask = (address: string, id: string): Promise<Uint8Array> =>
  callTask(address, "Create", wire.CreateTaskRequest.encode({ id }).finish());

export const deleteTask = (address: string, id: string): Promise<Uint8Array> =>
  callTask(address, "Delete", wire.DeleteRequest.encode({ id }).finish());

/** What the daemon of the test installation says of itself. */
export async function probe(address: string, id = "c1"): Promise<Record<string, unknown>> {
  using client = await Client.connect(address, { timeoutMs: 20_000 });
  return JSON.parse(Buffer.from(await client.call("test.Probe", "Probe", Buffer.from(id))).toString());
}

/** Encoded Any with runc options. */
export function runcOptions(options: wire.RuncOptions.$Properties): Uint8Array {
  const value = wire.RuncOptions.encode(options).finish();
  return wire.Any.encode({ type_url: "containerd.runc.v1.Options", value }).finish();
}

export const readText = (path: string): string => readFileSync(path, "utf8");
