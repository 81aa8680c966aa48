import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
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
import { bwrapArgs, requireProgram } from "./arguments.ts";

/** Waits for a line from descriptor 3, then becomes bwrap. */
const script = 'read -r _ <&3; exec "$@" 3<&-';

/** Containers by bubblewrap, whose one command makes a sandbox, runs a program in it, and ends with its exit status. */
const makeRuntime = (deps: RuntimeDeps): Runtime => ({
  name: "bwrap",

  async create({ container, stdio, consoleSocket }: CreateRequest, signal: AbortSignal): Promise<Created> {
    const { bundle, options } = container;
    const bwrap = deps.findExecutable(options.binaryName || "bwrap");
    if (bwrap === undefined) throw notFound(`${options.binaryName || "bwrap"}: executable file not found`);
    if (consoleSocket !== undefined) throw unimplemented("bwrap gives no terminal");
    const spec = readSpec(bundle);
    requireProgram(spec, bundle);
    await deps.commands.run({ path: "/usr/bin/mkfifo", args: [gateOf(bundle)] }, signal);
    using files = new DisposableStack();
    const gate = files.adopt(openSync(gateOf(bundle), "r+"), closeSync);
    const info = files.adopt(openSync(infoOf(bundle), "w"), closeSync);
    const args = ["-c", script, "sh", bwrap, "--info-fd", "4", ...bwrapArgs(spec, bundle)];
    for (const dir of cgroupsOf(spec)) makeCgroup(dir);
    const inherit = [[gate, 3] as const, [info, 4] as const];
    const pid = deps.commands.spawn({ path: "/bin/sh", args, ...stdio, inherit });
    for (const dir of cgroupsOf(spec)) writeFileSync(join(dir, "cgroup.procs"), String(pid));
    return { pid };
  },

  async start({ bundle }: ContainerRef, signal: AbortSignal): Promise<void> {
    if (pidsOf(bundle).length === 0) throw failedPrecondition("process already finished");
    writeFileSync(gateOf(bundle), "\n", { flag: "r+" });
    while (initOf(bundle) === undefined && pidsOf(bundle).length > 0) await setTimeout(5, undefined, { signal });
  },

  async kill({ bundle }: ContainerRef, { signal, all }: KillRequest): Promise<void> {
    const init = initOf(bundle);
    const pids = pidsOf(bundle).filter((pid) => all || init === undefined || pid === init);
    if (pids.length === 0) throw notFound("process already finished");
    for (const pid of pids) process.kill(pid, signal);
  },

  /** Also ends what still runs. */
  async delete({ bundle }: ContainerRef): Promise<void> {
    if (!existsSync(bundle)) return;
    await removeCgroups(readSpec(bundle).linux?.cgroupsPath ?? "", { timeoutMs: 5_000 });
    for (const file of [gateOf(bundle), infoOf(bundle)]) rmSync(file, { force: true });
  },
});

const gateOf = (bundle: string): string => join(bundle, "bwrap.gate");
const infoOf = (bundle: string): string => join(bundle, "bwrap.json");

/** Pid of the program; undefined until bwrap has told it. */
const initOf = (bundle: string): number | undefined =>
  Number(/"child-pid": (\d+)/.exec(readFileSync(infoOf(bundle), "utf8"))?.[1]) || undefined;

/** One directory on a host with cgroup v2, one for each controller on others. */
function cgroupsOf({ linux: { cgroupsPath = "" } = {} }: OciSpec): string[] {
  if (!/^\/[^:]+$/.test(cgroupsPath)) throw invalidArgument("linux.cgroupsPath must be an absolute path");
  const controllers = existsSync("/sys/fs/cgroup/cgroup.controllers") ? [""] : ["pids", "memory", "cpu", "cpuacct"];
  return controllers.map((controller) => join("/sys/fs/cgroup", controller, cgroupsPath));
}

function makeCgroup(dir: string): void {
  mkdirSync(dir, { recursive: true });
  const subtree = join(dir, "../cgroup.subtree_control"); // version 2 alone has it
  if (existsSync(subtree)) writeFileSync(subtree, "+cpu +memory +pids");
}

/** Everything in the container's cgroup, bwrap itself included. */
function pidsOf(bundle: string): number[] {
  const file = join(cgroupsOf(readSpec(bundle))[0] ?? "", "cgroup.procs");
  return existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean).map(Number) : [];
}

export default definePlugin({ name: "bwrap", apiVersion: 1, runtime: makeRuntime });
