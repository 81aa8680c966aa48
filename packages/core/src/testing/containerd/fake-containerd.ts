import type { ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { readProcess } from "../../native/proc.ts";
import { TempDir } from "../temp-dir.ts";
import { until } from "../until.ts";
import { EventService } from "./event-service.ts";
import {
  type Addresses,
  finish,
  type Invocation,
  type Outcome,
  spawnShim,
  toEnvironment,
  toFlags,
  toInput,
} from "./invocation.ts";

/** Where shims are installed. */
export interface Launchers {
  /** Absolute path of the shim's binary for a runtime: `…/containerd-shim-dunnage-runc-v1` for `runc`. */
  launcher(runtime: string): string;
}

/**
 * Executes shims as containerd does: with its arguments, environment, working directory and standard input, and reads
 * the output to its end. It has a gRPC socket that answers nothing, and an event service. Disposing kills every daemon
 * that it caused to start.
 *
 * ```ts
 * await using containerd = await FakeContainerd.start({
 *   launcher: () => "/usr/local/bin/containerd-shim-dunnage-youki-v1",
 * });
 * const { address } = await containerd.start({ id: "c1", spec });
 * using client = await TaskClient.connect(address);
 * ```
 * @see https://github.com/containerd/containerd/blob/main/core/runtime/v2/README.md
 */
export class FakeContainerd implements AsyncDisposable {
  readonly #dir = new TempDir();
  readonly #launchers: Launchers;
  readonly #listener: Server;
  #executable: string | undefined;
  /** Where its daemons keep what is not in a bundle: /run/dunnage on a host. */
  readonly runtimeDir: string = this.#dir.join("run");
  /** The shim's configuration file; missing unless the test writes it. */
  readonly configPath: string = this.#dir.join("etc", "config.toml");
  readonly grpcAddress: string = this.#dir.join("containerd.sock");
  /** The events that its shims have published. */
  readonly events: EventService;

  private constructor(launchers: Launchers, listener: Server) {
    this.#launchers = launchers;
    this.#listener = listener;
    this.events = new EventService(`${this.grpcAddress}.ttrpc`);
    mkdirSync(this.#dir.join("etc"));
  }

  /** `config`: text of the shim's configuration file. */
  static async start(launchers: Launchers, config = ""): Promise<FakeContainerd> {
    const listener = createServer((socket) => socket.destroy());
    const containerd = new FakeContainerd(launchers, listener);
    if (config !== "") containerd.configure(config);
    const { promise, resolve } = Promise.withResolvers<void>();
    listener.listen(containerd.grpcAddress, resolve);
    await promise;
    await containerd.events.start();
    return containerd;
  }

  configure(config: string): void {
    writeFileSync(this.configPath, config);
  }

  /** Closes and removes containerd's sockets, as if it had been killed. */
  async die(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#listener.close(() => resolve());
    await promise;
    await this.events.stop();
  }

  bundle(id: string, namespace = "default"): string {
    return this.#dir.join("state", namespace, id);
  }

  /** Writes the bundle of a call; `start` does this itself. Its `rootfs` is an empty directory. */
  makeBundle({ id = "c1", namespace = "default", annotations = {}, spec = {} }: Invocation): string {
    const bundle = this.bundle(id, namespace);
    mkdirSync(join(bundle, "rootfs"), { recursive: true });
    writeFileSync(join(bundle, "config.json"), JSON.stringify({ ociVersion: "1.0.2", annotations, ...spec }));
    return bundle;
  }

  /** Executes this program instead of the launchers from now on. */
  callThrough(executable: string): void {
    this.#executable = executable;
  }

  /** Executes `start` in the bundle. */
  start(invocation: Invocation = {}): Promise<Outcome> {
    return finish(this.spawnStart(invocation));
  }

  /** Executes `start` without waiting for it. */
  spawnStart(invocation: Invocation = {}): ChildProcess {
    const args = [...this.#flags(invocation), ...(invocation.debug ? ["-debug"] : []), "start"];
    const input = toInput(invocation, this.#addresses(invocation));
    return this.#spawn(invocation, args, { cwd: this.makeBundle(invocation), input });
  }

  /** Executes `delete`, as containerd does when the daemon is gone or the task is deleted. */
  delete(invocation: Invocation = {}): Promise<Outcome> {
    return finish(this.spawnDelete(invocation));
  }

  /** Executes `delete` without waiting for it. */
  spawnDelete(invocation: Invocation = {}): ChildProcess {
    const { id = "c1", namespace } = invocation;
    const bundle = this.bundle(id, namespace);
    const args = [...this.#flags(invocation), "-bundle", bundle, "delete"];
    return this.#spawn(invocation, args, { cwd: existsSync(bundle) ? bundle : "/" });
  }

  /** Executes any other call, in the bundle. */
  run(args: readonly string[], invocation: Invocation & { readonly input?: Uint8Array } = {}): Promise<Outcome> {
    return finish(this.#spawn(invocation, args, { cwd: this.makeBundle(invocation), input: invocation.input }));
  }

  /** Directories of all daemons, live or dead. */
  daemons(): string[] {
    const parent = join(this.runtimeDir, "d");
    return existsSync(parent) ? readdirSync(parent).map((name) => join(parent, name)) : [];
  }

  /** Pids of the live daemons. */
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
      await until(() => !this.pids().includes(pid), `the end of daemon ${pid}`);
    }
    await this.die();
    this.#dir[Symbol.dispose]();
  }

  #addresses({ address, ttrpcAddress }: Invocation): Addresses {
    return { grpc: address ?? this.grpcAddress, ttrpc: ttrpcAddress ?? this.events.path };
  }

  #flags(invocation: Invocation): string[] {
    return toFlags(invocation, this.#addresses(invocation).grpc);
  }

  #spawn(invocation: Invocation, args: readonly string[], { cwd, input }: SpawnOptions): ChildProcess {
    const own = { DUNNAGE_RUNTIME_DIR: this.runtimeDir, DUNNAGE_CONFIG: this.configPath };
    const env = toEnvironment(invocation, this.#addresses(invocation), own);
    const executable = this.#executable ?? this.#launchers.launcher(invocation.runtime ?? "runc");
    return spawnShim(executable, args, { cwd, env, input });
  }
}

interface SpawnOptions {
  readonly cwd: string;
  readonly input?: Uint8Array | undefined;
}

/** Returns the pid of the daemon to which a directory belongs. */
export const pidOf = (directory: string): number =>
  Number.parseInt(directory.slice(directory.lastIndexOf("/") + 1), 10);
