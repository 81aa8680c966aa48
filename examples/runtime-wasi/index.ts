import { closeSync, constants, existsSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { constants as system } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { ContainerRef, Created, CreateRequest, Runtime, RuntimeDeps } from "@dunnage/core";
import { Code, definePlugin, readProcess, StatusError } from "@dunnage/core";

/** Runs WebAssembly modules: no OCI command, one process of Node's for each container. */
class WasiRuntime implements Runtime {
  readonly name = "wasi";
  readonly #deps: RuntimeDeps;

  constructor(deps: RuntimeDeps) {
    this.#deps = deps;
  }

  /** The process waits at a FIFO until `start` writes into it. It holds both ends: no end of file lets it go. */
  async create({ container, stdio, consoleSocket }: CreateRequest, signal: AbortSignal): Promise<Created> {
    const { bundle } = container;
    if (consoleSocket !== undefined) throw new StatusError(Code.Unimplemented, "a wasm module has no terminal");
    const { process: spec, root } = JSON.parse(readFileSync(join(bundle, "config.json"), "utf8"));
    const module = spec.args[0];
    if (!existsSync(join(resolve(bundle, root.path), module)))
      throw new StatusError(Code.NotFound, `${module}: no such module`);
    await this.#deps.commands.run({ path: "/usr/bin/mkfifo", args: [gateOf(bundle)] }, signal);
    const gate = openSync(gateOf(bundle), constants.O_RDWR);
    try {
      const args = ["--no-warnings", join(import.meta.dirname, "guest.ts"), bundle];
      const pid = this.#deps.commands.spawn({ path: process.execPath, args, ...stdio, inherit: [[gate, 3]] });
      writeFileSync(processFileOf(bundle), JSON.stringify(readProcess(pid)));
      return { pid };
    } finally {
      closeSync(gate);
    }
  }

  async start({ bundle }: ContainerRef): Promise<void> {
    const gate = openSync(gateOf(bundle), constants.O_WRONLY | constants.O_NONBLOCK); // ENXIO: it has ended
    writeSync(gate, "\n");
    closeSync(gate);
  }

  async kill({ bundle }: ContainerRef, { signal }: { readonly signal: number }): Promise<void> {
    const pid = livingPid(bundle);
    if (pid === undefined) throw new StatusError(Code.NotFound, "process already finished");
    process.kill(pid, signal);
  }

  async delete({ bundle }: ContainerRef, { force }: { readonly force: boolean }, signal: AbortSignal): Promise<void> {
    for (let pid = livingPid(bundle); force && pid !== undefined; pid = livingPid(bundle)) {
      process.kill(pid, "SIGKILL");
      await setTimeout(10, undefined, { signal });
    }
    for (const file of [gateOf(bundle), processFileOf(bundle)]) rmSync(file, { force: true });
  }

  pause(container: ContainerRef): Promise<void> {
    return this.kill(container, { signal: system.signals.SIGSTOP });
  }

  resume(container: ContainerRef): Promise<void> {
    return this.kill(container, { signal: system.signals.SIGCONT });
  }

  async pids({ bundle }: ContainerRef): Promise<readonly number[]> {
    return [livingPid(bundle) ?? []].flat();
  }
}

const gateOf = (bundle: string): string => join(bundle, "wasi.gate");
const processFileOf = (bundle: string): string => join(bundle, "wasi.json");

/** A pid alone may be another process's by now; together with its start time it is not. */
function livingPid(bundle: string): number | undefined {
  if (!existsSync(processFileOf(bundle))) return undefined;
  const { pid, startTime } = JSON.parse(readFileSync(processFileOf(bundle), "utf8"));
  const now = readProcess(pid);
  return now?.startTime === startTime && now?.state !== "Z" ? pid : undefined;
}

export default definePlugin({ name: "wasi", apiVersion: 1, runtime: (deps) => new WasiRuntime(deps) });
