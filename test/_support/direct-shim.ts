import { closeSync, constants, existsSync, mkdirSync, openSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { wire } from "../../packages/core/src/proto/gen/wire.js";
import { toSocketPath } from "../../packages/ttrpc/src/address.ts";
import type { CallOptions } from "../../packages/ttrpc/src/index.ts";
import { toOciSpec, writeBundle, writeRootfs } from "./bundle.ts";
import { type CommandResult, runCommand, runCommandOk } from "./command.ts";
import type { Containerd } from "./containerd.ts";
import { referenceRuntime, toShimBinary } from "./runtime-under-test.ts";
import { refusal, TaskClient } from "./task-client.ts";

export interface DirectShimOptions {
  /** Default: the runtime of `containerd`. */
  readonly runtime?: string;
  /** Contents of `config.json`, when it is not a text of its own. Default: sleeps. */
  readonly spec?: object;
}

/**
 * A shim started as containerd starts it, for a bundle made by hand, so that a test is the shim's only client.
 * Its events go to `containerd`, which does not know the container.
 */
export class DirectShim implements AsyncDisposable {
  readonly id: string;
  readonly bundle: string;
  readonly client: TaskClient;
  readonly #containerd: Containerd;
  readonly #runtime: string;
  readonly #log: number;

  private constructor(containerd: Containerd, id: string, runtime: string, client: TaskClient, log: number) {
    this.#containerd = containerd;
    this.id = id;
    this.bundle = bundleOf(containerd, id);
    this.#runtime = runtime;
    this.client = client;
    this.#log = log;
  }

  /** Makes the bundle, executes `start` and connects to the address that it prints. */
  static async start(containerd: Containerd, id: string, options: DirectShimOptions = {}): Promise<DirectShim> {
    const {
      runtime = containerd.runtime,
      spec = toOciSpec(["/bin/sleep", "1000"], { root: sharedRootfs(containerd) }),
    } = options;
    const bundle = bundleOf(containerd, id);
    writeBundle(bundle, { ...spec, linux: { cgroupsPath: `/${containerd.namespace}/${id}`, ...linuxOf(spec) } });
    await runCommandOk("mkfifo", [join(bundle, "log")]);
    const log = openSync(join(bundle, "log"), constants.O_RDWR | constants.O_NONBLOCK); // as containerd holds it
    const started = await execShim(containerd, runtime, id, ["start"]);
    if (started.status !== 0) throw new Error(`start: ${started.stderr}${started.stdout}`);
    return new DirectShim(containerd, id, runtime, await TaskClient.connect(started.stdout.trim()), log);
  }

  /** Create with the rootfs of `bundle/rootfs` as it is, without streams. */
  create(fields: wire.CreateTaskRequest.$Properties = {}, options?: CallOptions): Promise<wire.CreateTaskResponse> {
    return this.client.create({ id: this.id, bundle: this.bundle, ...fields }, options);
  }

  /** Executes `delete` as containerd does when the shim has gone; standard output is the encoded response. */
  executeDelete(): Promise<CommandResult> {
    return execShim(this.#containerd, this.#runtime, this.id, ["-bundle", this.bundle, "delete"]);
  }

  /** Ends the container in whatever state it is, and the shim if it serves no other. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { id } = this;
    await refusal(this.client.kill({ id, signal: 9, all: true })).catch(() => undefined);
    await refusal(this.client.wait({ id })).catch(() => undefined);
    await refusal(this.client.delete({ id })).catch(() => undefined);
    await refusal(this.client.shutdown({ id })).catch(() => undefined); // Go's shim closes the connection instead
    this.client[Symbol.dispose]();
    await this.executeDelete();
    closeSync(this.#log);
    if (this.#runtime === referenceRuntime) this.#removeSocket();
    rmSync(this.bundle, { recursive: true });
  }

  // One of the calls in the table crashes it, and then nobody removes its socket.
  #removeSocket(): void {
    const address = readFileSync(join(this.bundle, "address"), "utf8");
    rmSync(toSocketPath(address), { force: true });
  }
}

/** A busybox root file system that any number of containers can use without a mount. */
export function sharedRootfs(containerd: Containerd): string {
  const dir = join(containerd.dir, "rootfs");
  if (!existsSync(dir)) writeRootfs(dir);
  return dir;
}

function bundleOf(containerd: Containerd, id: string): string {
  return join(containerd.dir, "bundles", id);
}

function linuxOf(spec: object): object {
  return "linux" in spec && typeof spec.linux === "object" && spec.linux !== null ? spec.linux : {};
}

function execShim(containerd: Containerd, runtime: string, id: string, action: readonly string[]) {
  const { address, namespace } = containerd;
  const flags = ["-namespace", namespace, "-address", address, "-publish-binary", "/usr/bin/containerd", "-id", id];
  const env = { ...containerd.env, TTRPC_ADDRESS: `${address}.ttrpc` };
  const cwd = bundleOf(containerd, id);
  mkdirSync(cwd, { recursive: true });
  return runCommand(toShimBinary(runtime), [...flags, ...action], { env, cwd });
}
