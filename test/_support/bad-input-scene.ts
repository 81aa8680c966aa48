import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { ExecutionContext } from "ava";
import { wire } from "../../packages/core/src/proto/gen/wire.js";
import { toOciProcess, toOciSpec, writeBundle } from "./bundle.ts";
import { Containerd } from "./containerd.ts";
import { DirectShim, sharedRootfs } from "./direct-shim.ts";
import { type Footprint, footprint } from "./footprint.ts";
import { readProcess } from "./proc.ts";
import { type Refusal, refusal, type TaskClient } from "./task-client.ts";
import { until } from "./until.ts";

export type CreateFields = wire.CreateTaskRequest.$Properties;

/** The code and message that an invalid request must be answered with. */
export interface Expected {
  readonly code: number;
  readonly message: RegExp;
}

/**
 * One daemon with two running containers: `subject` gets the invalid requests, and `neighbour` must not be affected.
 */
export class BadInputScene implements AsyncDisposable {
  readonly containerd: Containerd;
  readonly neighbour: DirectShim;
  readonly subject: DirectShim;
  readonly #neighbourPid: number;
  readonly #daemonPid: number;
  #bundles = 0;

  private constructor(containerd: Containerd, shims: readonly [DirectShim, DirectShim], pids: readonly number[]) {
    this.containerd = containerd;
    [this.neighbour, this.subject] = shims;
    [this.#neighbourPid = 0, this.#daemonPid = 0] = pids;
  }

  static async start(): Promise<BadInputScene> {
    const containerd = await Containerd.start();
    const neighbour = await DirectShim.start(containerd, "neighbour");
    const subject = await DirectShim.start(containerd, "subject");
    const { pid } = await neighbour.create();
    const pids = [pid, (await subject.create()).pid];
    for (const { id, client } of [neighbour, subject]) await client.start({ id });
    // Start may be answered while init is still `runc init`, so the footprint would change later.
    await until(() => pids.every((each) => readProcess(each)?.argv[0] === "/bin/sleep"), "both programs run");
    const { shim_pid: daemon } = await subject.client.connect({ id: "subject" });
    return new BadInputScene(containerd, [neighbour, subject], [pid, daemon]);
  }

  get client(): TaskClient {
    return this.subject.client;
  }

  /** A valid specification. */
  get spec(): { readonly linux: object } {
    const cgroupsPath = `/${this.containerd.namespace}/fresh`;
    const root = sharedRootfs(this.containerd);
    return toOciSpec(["/bin/sleep", "1000"], { root, cgroupsPath }) as { readonly linux: object };
  }

  /**
   * Writes a new bundle and returns its path. `config` is the text or the object of config.json, or a function that
   * creates that file at the given path. Default: a valid bundle.
   */
  bundle(config: string | object | ((path: string) => unknown) = this.spec): string {
    this.#bundles += 1;
    const dir = join(this.containerd.dir, "bundles", `b${this.#bundles}`);
    writeBundle(dir, {});
    const path = join(dir, "config.json");
    rmSync(path);
    if (typeof config === "function") config(path);
    else writeFileSync(path, typeof config === "string" ? config : JSON.stringify(config));
    return dir;
  }

  /** Writes a bundle that is valid except for what `change` does to its directory. */
  changedBundle(change: (dir: string) => unknown): string {
    const dir = this.bundle();
    change(dir);
    return dir;
  }

  /** Adds an exec to `subject`, starts it, and removes it again whatever the outcome. */
  async exec(spec: object | string): Promise<void> {
    const target = { id: "subject", exec_id: "e" };
    const value = Buffer.from(typeof spec === "string" ? spec : JSON.stringify(spec));
    await this.client.exec({ ...target, spec: { type_url: processType, value } });
    try {
      await this.client.start(target);
    } finally {
      await refusal(this.client.kill({ ...target, signal: 9 }));
      await this.client.wait(target);
      await this.client.delete(target);
    }
  }

  /** Runs a command in the container of `shim` until it exits; returns its exit status. */
  async runExec(
    execId: string,
    command: readonly string[],
    { id, client }: DirectShim = this.subject,
  ): Promise<number> {
    const target = { id, exec_id: execId };
    const value = Buffer.from(JSON.stringify(toOciProcess(command)));
    await client.exec({ ...target, spec: { type_url: processType, value } });
    await client.start(target);
    const { exit_status: status } = await client.wait(target);
    await client.delete(target);
    return status;
  }

  update(resources: string | Uint8Array): Promise<unknown> {
    const value = Buffer.from(resources);
    return this.client.update({ id: "subject", resources: { type_url: resourcesType, value } });
  }

  /** Makes the call, then checks the answer, that nothing was leaked, and that the neighbour is still running. */
  async check(t: ExecutionContext, call: () => Promise<unknown>, expected: Expected): Promise<void> {
    const before = this.#footprint();
    const refused = (await refusal(call())) as Refusal | undefined;
    t.is(refused?.code, expected.code, refused?.message.slice(0, 500));
    t.regex(refused?.message.slice(0, 10_000) ?? "", expected.message);
    await until(() => isDeepStrictEqual(this.#footprint(), before), "nothing is left", 5_000).catch(() => undefined);
    t.deepEqual(this.#footprint(), before);
    const state = await this.neighbour.client.state({ id: "neighbour" });
    t.deepEqual([state.status, state.pid], [wire.Status.RUNNING, this.#neighbourPid]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.subject[Symbol.asyncDispose]();
    await this.neighbour[Symbol.asyncDispose]();
    await this.containerd[Symbol.asyncDispose]();
  }

  // The journal of a failed Create stays in its bundle for `delete`, which containerd executes next.
  #footprint(): Footprint {
    const all = footprint(this.containerd, this.#daemonPid);
    return { ...all, files: all.files.filter((path) => !/\/b\d+\/dunnage\.(json|lock)$/.test(path)) };
  }
}

const processType = "types.containerd.io/opencontainers/runtime-spec/1/Process";
const resourcesType = "types.containerd.io/opencontainers/runtime-spec/1/LinuxResources";

/** Returns a valid process with these fields replaced. */
export const processWith = (fields: object): object => ({ ...toOciProcess(["/bin/true"]), ...fields });

/** Returns options of a Create request as runc's message. */
export const runcOptions = (fields: wire.RuncOptions.$Properties): CreateFields => ({
  options: { type_url: "containerd.runc.v1.Options", value: wire.RuncOptions.encode(fields).finish() },
});

/** Returns options of a Create request as the generic message that CRI sends. */
export const typeOptions = (fields: wire.RuntimeTypeOptions.$Properties): CreateFields => ({
  options: { type_url: "runtimeoptions.v1.Options", value: wire.RuntimeTypeOptions.encode(fields).finish() },
});
