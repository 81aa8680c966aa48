import { closeSync, constants, existsSync, openSync, rmSync, writeSync } from "node:fs";
import { constants as system } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Usage } from "../cgroups/metrics/usage.ts";
import { alreadyExists, failedPrecondition, notFound, unimplemented, unknown } from "../errors/errors.ts";
import { defineRuntime, type RuntimeDeps, type RuntimeFactory } from "../runtime/define.ts";
import type { ContainerRef, Created, CreateRequest, ExecRequest, KillRequest, Runtime } from "../runtime/runtime.ts";
import { readSpec } from "../spec/bundle.ts";
import { ProcessGroups } from "./process-groups.ts";

const { SIGCONT, SIGKILL, SIGSTOP } = system.signals;
const pollMs = 10;

/**
 * A runtime for tests of something else: it needs neither root nor an OCI command, and takes milliseconds. Its
 * containers are plain processes of this machine, each in a process group of its own: real pids, streams, signals and
 * exit codes, but no isolation at all; the root file system is ignored. It has no terminals, and no `update`.
 */
export const fakeRuntime: RuntimeFactory = defineRuntime((deps) => new FakeRuntime(deps));

/** The fields of an OCI process that it reads. */
interface Program {
  readonly args?: readonly string[];
  readonly env?: readonly string[];
}

class FakeRuntime implements Runtime {
  readonly name = "fake";
  readonly #deps: RuntimeDeps;

  constructor(deps: RuntimeDeps) {
    this.#deps = deps;
  }

  async create({ container, stdio, consoleSocket }: CreateRequest, signal: AbortSignal): Promise<Created> {
    const { bundle, id } = container;
    if (consoleSocket !== undefined) throw unimplemented("the fake runtime has no terminals");
    if (new ProcessGroups(bundle).init !== undefined) throw alreadyExists(`container ${id}: already exists`);
    const program = this.#programOf(readSpec(bundle).process);
    await this.#deps.commands.run({ path: "/usr/bin/mkfifo", args: [gateOf(bundle)] }, signal);
    // The shell has both ends, so it never sees end of file.
    const gate = openSync(gateOf(bundle), constants.O_RDWR);
    try {
      const wait = 'read -r _ <&3; exec 3<&-; exec "$@"';
      const args = ["-c", wait, "sh", program.path, ...program.args];
      const pid = this.#deps.commands.spawn({
        path: "/bin/sh",
        args,
        env: program.env,
        ...stdio,
        inherit: [[gate, 3]],
      });
      new ProcessGroups(bundle).add("init", pid);
      return { pid };
    } finally {
      closeSync(gate);
    }
  }

  async start({ bundle, id }: ContainerRef): Promise<void> {
    if (!new ProcessGroups(bundle).isInitAlive) throw failedPrecondition(`container ${id} is not running`);
    const gate = openSync(gateOf(bundle), constants.O_WRONLY | constants.O_NONBLOCK);
    writeSync(gate, "\n");
    closeSync(gate);
    rmSync(gateOf(bundle));
  }

  async exec({ container, execId, process, stdio, consoleSocket }: ExecRequest): Promise<Created> {
    if (consoleSocket !== undefined) throw unimplemented("the fake runtime has no terminals");
    const { path, args, env } = this.#programOf(process as Program);
    const pid = this.#deps.commands.spawn({ path, args, env, ...stdio });
    new ProcessGroups(container.bundle).add(execId, pid);
    return { pid };
  }

  async kill({ bundle, id }: ContainerRef, { signal, all }: KillRequest): Promise<void> {
    const groups = new ProcessGroups(bundle);
    if (all) return groups.signal(signal);
    if (groups.init === undefined || !groups.isInitAlive) throw notFound(`container ${id}: process already finished`);
    process.kill(groups.init, signal);
  }

  /** Ends the processes that init leaves behind: with a pid namespace, the kernel would do so. */
  async wait({ bundle }: ContainerRef, signal: AbortSignal): Promise<undefined> {
    const groups = new ProcessGroups(bundle);
    while (groups.isInitAlive) await sleep(pollMs, undefined, { signal });
    groups.signal(SIGKILL);
  }

  async delete(
    { bundle, id }: ContainerRef,
    { force }: { readonly force: boolean },
    signal: AbortSignal,
  ): Promise<void> {
    const groups = new ProcessGroups(bundle);
    if (!force && groups.isInitAlive && !isCreated(bundle)) throw failedPrecondition(`container ${id} is not stopped`);
    for (; groups.pids().length > 0; await sleep(pollMs, undefined, { signal })) groups.signal(SIGKILL);
    groups.forget();
    rmSync(gateOf(bundle), { force: true });
  }

  async pause({ bundle }: ContainerRef): Promise<void> {
    new ProcessGroups(bundle).signal(SIGSTOP);
  }

  async resume({ bundle }: ContainerRef): Promise<void> {
    new ProcessGroups(bundle).signal(SIGCONT);
  }

  async pids({ bundle }: ContainerRef): Promise<readonly number[]> {
    return new ProcessGroups(bundle).pids();
  }

  async stats({ bundle }: ContainerRef): Promise<Usage> {
    return new ProcessGroups(bundle).usage();
  }

  /** Finds the program as an OCI runtime does. */
  #programOf(spec: Program | undefined) {
    const [file, ...args] = spec?.args ?? [];
    if (file === undefined) throw unknown("OCI runtime create failed: args must not be empty");
    const path = this.#deps.findExecutable(file);
    if (path === undefined) {
      throw unknown(`OCI runtime create failed: exec: "${file}": executable file not found in $PATH`);
    }
    return { path, args, env: spec?.env ?? [] };
  }
}

/** Path of the FIFO at which init waits for start, which removes it. */
const gateOf = (bundle: string): string => join(bundle, "fake.gate");

const isCreated = (bundle: string): boolean => existsSync(gateOf(bundle));
