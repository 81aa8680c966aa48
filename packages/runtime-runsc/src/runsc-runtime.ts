import { setTimeout } from "node:timers/promises";
import {
  type CheckpointRequest,
  Code,
  type ContainerRef,
  type Created,
  type CreateRequest,
  type ExecKillRequest,
  type ExecRequest,
  execInternalPidFile,
  type InitExit,
  type KillRequest,
  type OciCall,
  type OciOutcome,
  OciRuntime,
  type ProcessStdio,
  type RestoreRequest,
  type Runtime,
  type RuntimeDeps,
  type RuntimeOptions,
  readPidFile,
  StatusError,
  type Usage,
} from "@dunnage/core";
import { Checkpoints } from "./checkpoints.ts";
import { startExec } from "./exec.ts";
import type { RunscFlags } from "./flags.ts";
import { MemberStarts } from "./member-starts.ts";
import { parseEvents, parseWait } from "./output.ts";
import { runscDialect } from "./runsc-dialect.ts";
import { toSandboxed } from "./sandbox.ts";
import { isKnown, removeTraces } from "./state-files.ts";
import { flagsOf, readRunscToml } from "./toml-options.ts";

const sigkill = 9;
/** 128 + SIGKILL */
const killedStatus = 137;
const killTimeoutMs = 5_000;
const retryMs = 200;

/**
 * Runs containers in gVisor's sandboxes. The host sees only the sandbox: `create` returns the pid of its process, which
 * ends with the exit status of the sandbox's first container. The other containers of a pod join the sandbox; `runsc
 * wait` waits for them. There is no update, since runsc has none.
 */
export class RunscRuntime implements Runtime {
  readonly name = "runsc";
  readonly toOptions = readRunscToml;
  readonly #flags: RunscFlags;
  readonly #oci: OciRuntime;
  readonly #checkpoints: Checkpoints;
  readonly #starts = new MemberStarts();

  /** @param flags – for all containers; a container's options override them. */
  constructor(deps: RuntimeDeps, flags: RunscFlags) {
    this.#flags = flags;
    this.#oci = new OciRuntime(runscDialect(flags), deps);
    this.#checkpoints = new Checkpoints(this.#oci.commands);
  }

  async create(request: CreateRequest, signal: AbortSignal): Promise<Created> {
    const { container, isMember, sandbox } = toSandboxed(request.container);
    // runsc would delete its state of the container that already has this id, and leave the sandbox without an owner.
    if (isKnown(container)) throw alreadyExists(request.container);
    try {
      const { stdio, consoleSocket } = request;
      const created = await this.#oci.create({ container, consoleSocket, ...(isMember ? {} : { stdio }) }, signal);
      if (!isMember) return { ...created, sandbox: "own" };
      this.#starts.created(container.id);
      return { ...created, sandbox: "shared", stdioAtStart: true };
    } catch (error) {
      removeTraces(container, sandbox); // runsc has undone the create, except for the lock
      throw error;
    }
  }

  async start(ref: ContainerRef, signal: AbortSignal, stdio?: ProcessStdio): Promise<void> {
    const { container } = toSandboxed(ref);
    await this.#oci.start(container, signal, stdio);
    this.#starts.started(container.id);
  }

  async wait(ref: ContainerRef, signal: AbortSignal): Promise<InitExit | undefined> {
    const { container, isMember, sandbox } = toSandboxed(ref);
    if (!isMember) return undefined;
    if (!(await this.#starts.isStarted(container.id))) return { exitStatus: killedStatus };
    for (;;) {
      const { stdout, failure } = await this.#runWait(container, signal);
      if (failure === undefined) return parseWait(stdout);
      if (failure.fromRuntime && !failure.interrupted) {
        // The sandbox has ended and reports nothing more.
        removeTraces(container, sandbox);
        throw new StatusError(Code.Unknown, `OCI runtime wait failed: ${failure.text}`);
      }
      // The command was killed or could not be started. That says nothing about the container.
      await setTimeout(retryMs, undefined, { signal });
    }
  }

  async kill(ref: ContainerRef, request: KillRequest, signal: AbortSignal): Promise<void> {
    const { container } = toSandboxed(ref);
    if (request.signal === 0) return this.#probe(container, signal);
    try {
      await this.#oci.kill(container, request, signal);
    } catch (error) {
      if (!StatusError.is(error)) throw error;
      if (error.code === Code.NotFound) removeTraces(container);
      if (request.all && error.code === Code.NotFound) return;
      await this.#killAnyway(container, { request, error }, signal);
    }
  }

  async delete(ref: ContainerRef, options: { readonly force: boolean }, signal: AbortSignal): Promise<void> {
    const { container, sandbox } = toSandboxed(ref);
    await this.#oci.delete(container, options, signal);
    this.#starts.deleted(container.id);
    removeTraces(container, sandbox); // a member may be deleted after its sandbox
  }

  async exec(request: ExecRequest, signal: AbortSignal): Promise<Created> {
    const { container } = toSandboxed(request.container);
    try {
      return await startExec(this.#oci.commands, { ...request, container }, signal);
    } catch (error) {
      if (signal.aborted) await this.#endExec(request);
      throw error;
    }
  }

  async killExec(ref: ContainerRef, request: ExecKillRequest, signal: AbortSignal): Promise<void> {
    if (request.signal === 0) return; // it has not been reaped, so it exists
    const { container } = toSandboxed(ref);
    const pid = readPidFile(execInternalPidFile(container.bundle, request.execId));
    const args: OciCall["args"] = ["kill", `--pid=${pid}`, container.id, String(request.signal)];
    const { failure } = await this.#run(container, args, signal);
    if (failure === undefined) return;
    if (isOver.test(failure.text)) throw new StatusError(Code.NotFound, "process already finished: not found");
    throw new StatusError(Code.Unknown, `unknown error after kill: ${failure.text}`);
  }

  pids(ref: ContainerRef, signal: AbortSignal): Promise<readonly number[]> {
    return this.#oci.pids?.(toSandboxed(ref).container, signal) ?? Promise.resolve([]);
  }

  async checkpoint(ref: ContainerRef, request: CheckpointRequest, signal: AbortSignal): Promise<void> {
    return this.#checkpoints.checkpoint(requireAlone(ref), request, signal);
  }

  async restore(request: RestoreRequest, signal: AbortSignal): Promise<Created> {
    const container = requireAlone(request.container);
    if (isKnown(container)) throw alreadyExists(request.container);
    try {
      return await this.#checkpoints.restore({ ...request, container }, signal);
    } catch (error) {
      await this.delete(request.container, { force: true }, AbortSignal.timeout(killTimeoutMs)).catch(() => {});
      throw error;
    }
  }

  /**
   * Returns usage. A sandbox's cgroup has its cost to the host and its limits; a member's usage is in its sandbox only.
   */
  async stats(ref: ContainerRef, signal: AbortSignal): Promise<Usage> {
    const { container, isMember } = toSandboxed(ref);
    const { stdout, failure } = await this.#run(container, ["events", "--stats", container.id], signal);
    if (failure) throw new StatusError(Code.Unknown, `OCI runtime events failed: ${failure.text}`);
    const usage = parseEvents(stdout);
    const hasCgroup = { ...this.#flags, ...flagsOf(container.options) }["ignore-cgroups"] !== "true";
    return hasCgroup && !isMember ? { pids: usage.pids } : usage;
  }

  pause(ref: ContainerRef, signal: AbortSignal): Promise<void> {
    return this.#oci.pause(toSandboxed(ref).container, signal);
  }

  async resume(ref: ContainerRef, signal: AbortSignal): Promise<void> {
    try {
      await this.#oci.resume(toSandboxed(ref).container, signal);
    } catch (error) {
      // The sandbox ended while the container was paused: nothing is frozen any more.
      if (!StatusError.is(error) || !isOver.test(error.message)) throw error;
    }
  }

  features(options: RuntimeOptions, signal: AbortSignal): Promise<string | undefined> {
    return this.#oci.features(options, signal);
  }

  /** Runs `runsc wait`. If descriptors or processes run out, the command cannot even start. */
  async #runWait(container: ContainerRef, signal: AbortSignal): Promise<OciOutcome> {
    try {
      return await this.#run(container, ["wait", container.id], signal);
    } catch (error) {
      signal.throwIfAborted();
      return { stdout: "", failure: { text: (error as Error).message, fromRuntime: false, interrupted: false } };
    }
  }

  #run(container: ContainerRef, args: OciCall["args"], signal: AbortSignal): Promise<OciOutcome> {
    return this.#oci.commands.run({ args, container }, signal);
  }

  /** Kills a container that was not started or is paused. runsc does not signal it, but SIGKILL has to end it. */
  async #killAnyway(
    container: ContainerRef,
    { request, error }: { readonly request: KillRequest; readonly error: StatusError },
    signal: AbortSignal,
  ): Promise<void> {
    const state = /in state (created|paused)/.exec(error.message)?.[1];
    if (request.signal !== sigkill || state === undefined) throw error;
    if (state === "created") {
      await this.#oci.delete(container, { force: true }, signal);
      this.#starts.deleted(container.id);
      return;
    }
    await this.#oci.resume(container, signal);
    await this.#oci.kill(container, request, signal);
  }

  /** Checks that a container is alive, since runsc does not support signal 0. */
  async #probe(container: ContainerRef, signal: AbortSignal): Promise<void> {
    const { stdout, failure } = await this.#run(container, ["state", container.id], signal);
    if (failure || /"status": *"stopped"/.test(stdout)) {
      throw new StatusError(Code.NotFound, "process already finished");
    }
  }

  /**
   * Kills an exec in the sandbox. Its pid on the host is only the command's: the process in the sandbox outlives it.
   */
  async #endExec({ container, execId }: ExecRequest): Promise<void> {
    try {
      await this.killExec(container, { execId, signal: sigkill }, AbortSignal.timeout(killTimeoutMs));
    } catch {
      // It had no pid yet, or has ended.
    }
  }
}

const alreadyExists = ({ id }: ContainerRef): StatusError =>
  new StatusError(Code.AlreadyExists, `container ${id}: already exists`);

function requireAlone(ref: ContainerRef): ContainerRef {
  const { container, isMember } = toSandboxed(ref);
  if (isMember) throw new StatusError(Code.Unimplemented, "a container of a pod has no checkpoint of its own");
  return container;
}

const isOver = /no such process|in state stopped|sandbox is not running|file does not exist/i;
