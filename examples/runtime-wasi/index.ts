import { closeSync, existsSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { constants as system } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { ContainerRef, Created, CreateRequest, Runtime, RuntimeDeps, Usage } from "@dunnage/core";
import { definePlugin, failedPrecondition, notFound, readProcess, readSpec, unimplemented } from "@dunnage/core";

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
    if (consoleSocket !== undefined) throw unimplemented("a wasm module has no terminal");
    const { process: { args: [module = ""] = [] } = {}, root } = readSpec(bundle);
    const file = statSync(join(resolve(bundle, root?.path ?? "rootfs"), module), { throwIfNoEntry: false });
    if (!file?.isFile()) throw notFound(`${module}: no such module`);
    await this.#deps.commands.run({ path: "/usr/bin/mkfifo", args: [gateOf(bundle)] }, signal);
    const gate = openSync(gateOf(bundle), "r+");
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
    if (livingPid(bundle) === undefined) throw failedPrecondition("process already finished");
    writeFileSync(gateOf(bundle), "\n", { flag: "r+" });
  }

  async kill({ bundle }: ContainerRef, { signal }: { readonly signal: number }): Promise<void> {
    const pid = livingPid(bundle);
    if (pid === undefined) throw notFound("process already finished");
    process.kill(pid, signal);
  }

  /** Also ends what still runs. */
  async delete({ bundle }: ContainerRef, _options: object, signal: AbortSignal): Promise<void> {
    for (let pid = livingPid(bundle); pid !== undefined; pid = livingPid(bundle)) {
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

  /** A tick is a hundredth of a second. @see proc_pid_stat(5), fields 14 and 15; what it says of memory is inexact. */
  async stats({ bundle }: ContainerRef): Promise<Usage> {
    const dir = `/proc/${livingPid(bundle)}`;
    const text = readFileSync(join(dir, "stat"), "latin1");
    const fields = text
      .slice(text.lastIndexOf(")") + 2)
      .split(" ")
      .map(Number);
    const rssKiB = /^Rss: +(\d+)/m.exec(readFileSync(join(dir, "smaps_rollup"), "latin1"))?.[1];
    return { cpuNs: ((fields[11] ?? 0) + (fields[12] ?? 0)) * 10_000_000, memoryBytes: Number(rssKiB) * 1024, pids: 1 };
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
