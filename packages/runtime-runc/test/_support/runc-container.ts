import { closeSync, openSync, readFileSync } from "node:fs";
import { removeCgroups } from "../../../core/src/cgroups/cgroup-cleanup.ts";
import { endOutlivedCommands } from "../../../core/src/reaper/outlived.ts";
import { leftovers } from "../../../core/src/testing/bundle/leftovers.ts";
import { OciBundle, type OciBundleOptions } from "../../../core/src/testing/bundle/oci-bundle.ts";
import { ShimProcess } from "../../../core/test/_support/shim-process.ts";
import runc from "../../src/index.ts";

export const shim = new ShimProcess();
export const runtime = runc(shim);
export const never = new AbortController().signal;

/** A bundle for runc. If the container still exists when the test ends, it is deleted by force. */
export class RuncContainer implements AsyncDisposable {
  readonly bundle: OciBundle;
  readonly #nul = openSync("/dev/null", "r");
  readonly #out: number;

  constructor(options: OciBundleOptions = {}) {
    this.bundle = new OciBundle(options);
    this.#out = openSync(this.bundle.join("output"), "a");
  }

  get container() {
    return this.bundle.container;
  }

  get stdio() {
    return { stdin: this.#nul, stdout: this.#out, stderr: this.#out };
  }

  /** Returns the output so far of the container and the execs. */
  output(): string {
    return readFileSync(this.bundle.join("output"), "utf8");
  }

  create(signal: AbortSignal = never) {
    return runtime.create({ container: this.container, stdio: this.stdio }, signal);
  }

  start() {
    return runtime.start(this.container, never);
  }

  async exec(execId: string, args: readonly string[]) {
    const process = { args, env: ["PATH=/bin"], cwd: "/", user: { uid: 0, gid: 0 } };
    return runtime.exec?.({ container: this.container, execId, process, stdio: this.stdio }, never);
  }

  kill(signal = 9, all = false) {
    return runtime.kill(this.container, { signal, all }, never);
  }

  delete(force = false) {
    return runtime.delete(this.container, { force }, never);
  }

  async pids() {
    return runtime.pids?.(this.container, never);
  }

  leftovers(): string[] {
    return leftovers(this.bundle);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await endOutlivedCommands(this.bundle.path, { timeoutMs: 30_000 });
      // Not synchronously: runc waits until the container's init has been reaped, and this process has to reap it.
      await this.delete(true);
      await removeCgroups(this.bundle.cgroupsPath, { timeoutMs: 30_000 });
    } finally {
      closeSync(this.#nul);
      closeSync(this.#out);
      this.bundle[Symbol.dispose]();
    }
  }
}
