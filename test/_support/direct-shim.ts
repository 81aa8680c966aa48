import { closeSync, constants, existsSync, mkdirSync, openSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { wire } from "../../packages/core/src/proto/gen/wire.js";
import { toSocketPath } from "../../packages/ttrpc/src/client/address.ts";
import type { CallOptions } from "../../packages/ttrpc/src/index.ts";
import { toOciSpec, writeBundle, writeRootfs } from "./bundle.ts";
import { type CommandResult, runCommand, runCommandOk } from "./command.ts";
import type { Containerd, ShimEndpoint } from "./containerd.ts";
import { referenceRuntime, toShimBinary } from "./runtime-under-test.ts";
import { refusal, TaskClient } from "./task-client.ts";

export interface DirectShimOptions {
  /** Default: the runtime of `containerd`. */
  readonly runtime?: string;
  /** Content of `config.json`, unless a text is given. Default: a process that sleeps. */
  readonly spec?: object;
  /**
   * The containerd version whose way of calling shims is used. Default: 1.6. Later versions except 2.3 only add to it.
   */
  readonly caller?: "1.6" | "2.3";
}

/** A call of a shim's binary. */
interface Call {
  readonly id: string;
  readonly runtime: string;
  readonly caller: "1.6" | "2.3";
}

/** A shim that has answered, and its client. */
interface Started extends Call {
  readonly address: string;
  readonly client: TaskClient;
  /** File descriptor of the log FIFO. */
  readonly log: number;
}

/**
 * A shim that is started as containerd does it, for a bundle made by the test, so the test is the shim's only client.
 * Its events go to `containerd`, which does not know the container.
 */
export class DirectShim implements AsyncDisposable {
  readonly id: string;
  readonly bundle: string;
  readonly client: TaskClient;
  readonly #containerd: Containerd;
  readonly #started: Started;

  private constructor(containerd: Containerd, started: Started) {
    this.#containerd = containerd;
    this.id = started.id;
    this.bundle = bundleOf(containerd, started.id);
    this.client = started.client;
    this.#started = started;
  }

  /** Makes the bundle, executes `start` and connects to the printed address. */
  static async start(containerd: Containerd, id: string, options: DirectShimOptions = {}): Promise<DirectShim> {
    const {
      runtime = containerd.runtime,
      caller = "1.6",
      spec = toOciSpec(["/bin/sleep", "1000"], { root: sharedRootfs(containerd) }),
    } = options;
    const bundle = bundleOf(containerd, id);
    mkdirSync(join(bundle, "work"), { recursive: true }); // containerd links it to the data that outlives the task
    writeBundle(bundle, { ...spec, linux: { cgroupsPath: `/${containerd.namespace}/${id}`, ...linuxOf(spec) } });
    await runCommandOk("mkfifo", [join(bundle, "log")]);
    const log = openSync(join(bundle, "log"), constants.O_RDWR | constants.O_NONBLOCK); // as containerd holds it
    const started = await execShim(containerd, { id, runtime, caller }, ["start"]);
    if (started.status !== 0) throw new Error(`start: ${started.stderr}${started.stdout}`);
    const { address, version } = parseAnswer(started.stdout.trim());
    const client = await TaskClient.connect(address, version);
    return new DirectShim(containerd, { id, runtime, caller, address, client, log });
  }

  /** Directory of its containerd, which contains everything. */
  get root(): string {
    return this.#containerd.dir;
  }

  /** Path of the container's cgroup in each hierarchy. */
  get cgroup(): string {
    return `${this.#containerd.namespace}/${this.id}`;
  }

  /** Calls Create without streams. The rootfs is `bundle/rootfs`, without a mount. */
  create(fields: wire.CreateTaskRequest.$Properties = {}, options?: CallOptions): Promise<wire.CreateTaskResponse> {
    return this.client.create({ id: this.id, bundle: this.bundle, ...fields }, options);
  }

  /** `unix://…`, as printed by `start`. */
  get address(): string {
    return this.#started.address;
  }

  /** Executes `-info` without options. Standard output is the encoded RuntimeInfo, one byte per character. */
  executeInfo(): Promise<CommandResult> {
    return execShim(this.#containerd, this.#started, ["-info"]);
  }

  /**
   * Executes `delete` as containerd does when the shim is gone. Standard output is the encoded response, one byte per
   * character.
   */
  executeDelete(): Promise<CommandResult> {
    return execShim(this.#containerd, this.#started, ["-bundle", this.bundle, "delete"]);
  }

  /** Kills and deletes the container in any state. */
  async end(): Promise<void> {
    const { id, client } = this;
    await refusal(client.resume({ id })).catch(() => undefined);
    await refusal(client.kill({ id, signal: 9, all: true })).catch(() => undefined);
    await refusal(client.wait({ id }, { timeoutMs: 30_000 })).catch(() => undefined);
    await refusal(client.delete({ id })).catch(() => undefined);
  }

  /** Kills and deletes the container, and shuts the shim down if it serves no other. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
    await refusal(this.client.shutdown({ id: this.id })).catch(() => undefined); // Go's shim closes the connection
    this.client[Symbol.dispose]();
    await this.executeDelete();
    closeSync(this.#started.log);
    // One of the calls in the table crashes containerd's own shim. Then no process removes its socket.
    if (this.#started.runtime === referenceRuntime) rmSync(toSocketPath(this.#started.address), { force: true });
    rmSync(this.bundle, { recursive: true });
  }
}

/** Returns a busybox root file system that any number of containers can use without a mount. */
export function sharedRootfs(containerd: Containerd): string {
  const dir = join(containerd.dir, "rootfs");
  if (!existsSync(dir)) writeRootfs(dir);
  return dir;
}

/** Parses the output of `start`: an address, or JSON that also contains the version of the Task API. */
function parseAnswer(text: string): ShimEndpoint {
  return text.startsWith("{") ? JSON.parse(text) : { address: text, version: 2 };
}

function bundleOf(containerd: Containerd, id: string): string {
  return join(containerd.dir, "bundles", id);
}

function linuxOf(spec: object): object {
  return "linux" in spec && typeof spec.linux === "object" && spec.linux !== null ? spec.linux : {};
}

function execShim(containerd: Containerd, { id, runtime, caller }: Call, action: readonly string[]) {
  const { address, namespace } = containerd;
  const flags = ["-namespace", namespace, "-address", address, "-publish-binary", "/usr/bin/containerd", "-id", id];
  const cwd = bundleOf(containerd, id);
  mkdirSync(cwd, { recursive: true });
  const env = { ...containerd.env, GOMAXPROCS: "2", TTRPC_ADDRESS: `${address}.ttrpc` };
  const since17 = { GRPC_ADDRESS: address, NAMESPACE: namespace, MAX_SHIM_VERSION: "2" };
  const options = { env: caller === "1.6" ? env : { ...env, ...since17 }, cwd, encoding: "latin1" } as const;
  const argv = [...flags, ...action];
  if (caller === "1.6" || !action.includes("start")) return runCommand(toShimBinary(runtime), argv, options);
  const params = join(containerd.dir, `params-${id}`);
  writeFileSync(params, bootstrapParams(containerd, id));
  // A pipe, because Go also passes these bytes through a pipe.
  return runCommand("/bin/sh", ["-c", 'cat "$0" | "$@"', params, toShimBinary(runtime), ...argv], options);
}

/**
 * What containerd 2.3 writes to the standard input of `start`.
 * @see https://github.com/containerd/containerd/blob/v2.3.4/pkg/shim/util.go
 */
function bootstrapParams({ address, dir, namespace }: Containerd, id: string): Uint8Array {
  return wire.BootstrapParams.encode({
    instance_id: id,
    namespace,
    containerd_version: "v2.3.4",
    containerd_ttrpc_address: `${address}.ttrpc`,
    containerd_grpc_address: address,
    containerd_binary: "/usr/bin/containerd",
    socket_dir: join(dir, "s"),
  }).finish();
}
