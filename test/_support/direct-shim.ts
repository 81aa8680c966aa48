import { closeSync, constants, existsSync, mkdirSync, openSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { wire } from "../../packages/core/src/proto/gen/wire.js";
import { toSocketPath } from "../../packages/ttrpc/src/address.ts";
import type { CallOptions } from "../../packages/ttrpc/src/index.ts";
import { toOciSpec, writeBundle, writeRootfs } from "./bundle.ts";
import { type CommandResult, runCommand, runCommandOk } from "./command.ts";
import type { Containerd, ShimEndpoint } from "./containerd.ts";
import { referenceRuntime, toShimBinary } from "./runtime-under-test.ts";
import { refusal, TaskClient } from "./task-client.ts";

export interface DirectShimOptions {
  /** Default: the runtime of `containerd`. */
  readonly runtime?: string;
  /** Contents of `config.json`, when it is not a text of its own. Default: sleeps. */
  readonly spec?: object;
}

/** A shim that has answered, and a client of it. */
interface Started {
  readonly runtime: string;
  readonly address: string;
  readonly client: TaskClient;
  /** Descriptor of the log FIFO. */
  readonly log: number;
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
  readonly #started: Started;

  private constructor(containerd: Containerd, id: string, started: Started) {
    this.#containerd = containerd;
    this.id = id;
    this.bundle = bundleOf(containerd, id);
    this.client = started.client;
    this.#started = started;
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
    const { address, version } = parseAnswer(started.stdout.trim());
    const client = await TaskClient.connect(address, version);
    return new DirectShim(containerd, id, { runtime, address, client, log });
  }

  /** Directory of its containerd, below which everything is. */
  get root(): string {
    return this.#containerd.dir;
  }

  /** Path of the container's cgroup in each hierarchy. */
  get cgroup(): string {
    return `${this.#containerd.namespace}/${this.id}`;
  }

  /** Create with the rootfs of `bundle/rootfs` as it is, without streams. */
  create(fields: wire.CreateTaskRequest.$Properties = {}, options?: CallOptions): Promise<wire.CreateTaskResponse> {
    return this.client.create({ id: this.id, bundle: this.bundle, ...fields }, options);
  }

  /** Executes `delete` as containerd does when the shim has gone; standard output is the encoded response. */
  executeDelete(): Promise<CommandResult> {
    return execShim(this.#containerd, this.#started.runtime, this.id, ["-bundle", this.bundle, "delete"]);
  }

  /** Ends and deletes the container, in whatever state it is. */
  async end(): Promise<void> {
    const { id, client } = this;
    await refusal(client.resume({ id })).catch(() => undefined);
    await refusal(client.kill({ id, signal: 9, all: true })).catch(() => undefined);
    await refusal(client.wait({ id })).catch(() => undefined);
    await refusal(client.delete({ id })).catch(() => undefined);
  }

  /** Ends the container, and the shim if it serves no other. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
    await refusal(this.client.shutdown({ id: this.id })).catch(() => undefined); // Go's shim closes the connection instead
    this.client[Symbol.dispose]();
    await this.executeDelete();
    closeSync(this.#started.log);
    // One of the calls in the table crashes containerd's own shim, and then nobody removes its socket.
    if (this.#started.runtime === referenceRuntime) rmSync(toSocketPath(this.#started.address), { force: true });
    rmSync(this.bundle, { recursive: true });
  }
}

/** A busybox root file system that any number of containers can use without a mount. */
export function sharedRootfs(containerd: Containerd): string {
  const dir = join(containerd.dir, "rootfs");
  if (!existsSync(dir)) writeRootfs(dir);
  return dir;
}

/** What `start` prints: an address, or JSON that says the version of the Task API as well. */
function parseAnswer(text: string): ShimEndpoint {
  return text.startsWith("{") ? JSON.parse(text) : { address: text, version: 2 };
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
