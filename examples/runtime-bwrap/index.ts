import { closeSync, constants, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ContainerRef, Created, CreateRequest, KillRequest, OciSpec, Runtime, RuntimeDeps } from "@dunnage/core";
import {
  definePlugin,
  failedPrecondition,
  invalidArgument,
  notFound,
  readSpec,
  removeCgroups,
  unimplemented,
} from "@dunnage/core";
import { bwrapArgs } from "./arguments.ts";

/** Waits for a line from descriptor 3, then becomes bwrap. */
const script = 'read -r _ <&3; exec "$@" 3<&-';

/** Containers by bubblewrap, whose one command makes a sandbox, runs a program in it, and ends with its exit status. */
class BwrapRuntime implements Runtime {
  readonly name = "bwrap";
  readonly #deps: RuntimeDeps;

  constructor(deps: RuntimeDeps) {
    this.#deps = deps;
  }

  async create({ container, stdio, consoleSocket }: CreateRequest, signal: AbortSignal): Promise<Created> {
    const { bundle, options } = container;
    const bwrap = this.#deps.findExecutable(options.binaryName || "bwrap");
    if (bwrap === undefined) throw notFound(`${options.binaryName || "bwrap"}: executable file not found`);
    if (consoleSocket !== undefined) throw unimplemented("bwrap gives no terminal");
    const spec = readSpec(bundle);
    if (spec.linux?.namespaces?.some(({ path }) => path)) throw unimplemented("bwrap joins no namespace");
    await this.#deps.commands.run({ path: "/usr/bin/mkfifo", args: [gateOf(bundle)] }, signal);
    using files = new DisposableStack();
    const gate = files.adopt(openSync(gateOf(bundle), constants.O_RDWR), closeSync);
    const info = files.adopt(openSync(infoOf(bundle), "w"), closeSync);
    const args = ["-c", script, "sh", bwrap, "--info-fd", "4", ...bwrapArgs(spec, bundle)];
    makeCgroups(spec);
    const pid = this.#deps.commands.spawn({
      path: "/bin/sh",
      args,
      ...stdio,
      inherit: [
        [gate, 3],
        [info, 4],
      ],
    });
    for (const dir of cgroupsOf(spec)) writeFileSync(join(dir, "cgroup.procs"), String(pid));
    return { pid };
  }

  async start({ bundle }: ContainerRef): Promise<void> {
    if (pidsOf(bundle).length === 0) throw failedPrecondition("process already finished");
    writeFileSync(gateOf(bundle), "\n", { flag: constants.O_WRONLY | constants.O_NONBLOCK });
  }

  /** bwrap has told the pid of its program. Before that all are to be signalled. */
  async kill({ bundle }: ContainerRef, { signal, all }: KillRequest): Promise<void> {
    const init = Number(/"child-pid": (\d+)/.exec(readFileSync(infoOf(bundle), "utf8"))?.[1]);
    const pids = pidsOf(bundle).filter((pid) => all || Number.isNaN(init) || pid === init);
    if (pids.length === 0) throw notFound("process already finished");
    for (const pid of pids) process.kill(pid, signal);
  }

  /** Also ends what still runs. */
  async delete({ bundle }: ContainerRef): Promise<void> {
    if (!existsSync(bundle)) return;
    await removeCgroups(readSpec(bundle).linux?.cgroupsPath ?? "", { timeoutMs: 5_000 });
    for (const file of [gateOf(bundle), infoOf(bundle)]) rmSync(file, { force: true });
  }
}

const gateOf = (bundle: string): string => join(bundle, "bwrap.gate");
const infoOf = (bundle: string): string => join(bundle, "bwrap.json");

/** One directory on a host with cgroup v2, one for each controller on others. */
function cgroupsOf({ linux: { cgroupsPath = "" } = {} }: OciSpec): string[] {
  if (!/^\/[^:]+$/.test(cgroupsPath)) throw invalidArgument("linux.cgroupsPath must be an absolute path");
  const controllers = existsSync("/sys/fs/cgroup/cgroup.controllers") ? [""] : ["pids", "memory", "cpu", "cpuacct"];
  return controllers.map((controller) => join("/sys/fs/cgroup", controller, cgroupsPath));
}

function makeCgroups(spec: OciSpec): void {
  for (const dir of cgroupsOf(spec)) {
    mkdirSync(dir, { recursive: true });
    const subtree = join(dir, "../cgroup.subtree_control"); // version 2 alone has it
    if (existsSync(subtree)) writeFileSync(subtree, "+cpu +memory +pids");
  }
}

/** Everything in the container's cgroup, bwrap itself included. */
function pidsOf(bundle: string): number[] {
  const file = join(cgroupsOf(readSpec(bundle))[0] ?? "", "cgroup.procs");
  return existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean).map(Number) : [];
}

export default definePlugin({ name: "bwrap", apiVersion: 1, runtime: (deps) => new BwrapRuntime(deps) });
