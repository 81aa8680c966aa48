import { rmSync } from "node:fs";
import { notFound, unknown } from "../errors/errors.ts";
import type { ProcessStdio } from "../io/process-io.ts";
import type { RuntimeDeps } from "../runtime/define.ts";
import type { RuntimeOptions } from "../runtime/options.ts";
import type { ContainerRef, Created, CreateRequest, ExecRequest, KillRequest, Runtime } from "../runtime/runtime.ts";
import { formatExactJson } from "../spec/exact-json.ts";
import { writePrivateFile } from "../spec/write-file.ts";
import * as argv from "./argv.ts";
import { Criu } from "./criu/criu.ts";
import type { OciDialect } from "./dialect.ts";
import { type OciCall, OciCommandLine, type OciOutcome } from "./oci-command.ts";
import { execPidFile, execProcessFile, initPidFile, readPidFile } from "./pid-file.ts";
import { undoCreate, undoExec } from "./undo.ts";

/**
 * A `Runtime` on top of a runc-like command line; a dialect supplies the differences.
 *
 * Failures of the command reach the client as `OCI runtime create failed: <the runtime's own message>` with the codes
 * of containerd-shim-runc-v2: Unknown, and NotFound if `kill` finds nothing to signal. An interrupted `create`
 * (aborted, or the command died) is undone before the call rejects.
 * @see https://github.com/containerd/containerd/blob/main/cmd/containerd-shim-runc-v2/process/init.go
 */
export class OciRuntime implements Runtime {
  readonly name: string;
  /** Absent if the dialect has no `parsePids`. */
  readonly pids?: NonNullable<Runtime["pids"]>;
  /** Both are absent if the dialect has no `criu`. */
  readonly checkpoint?: NonNullable<Runtime["checkpoint"]>;
  readonly restore?: NonNullable<Runtime["restore"]>;
  /** For an adapter that wraps this runtime and needs commands of its own. */
  readonly commands: OciCommandLine;
  readonly #dialect: OciDialect;
  readonly #deps: RuntimeDeps;

  constructor(dialect: OciDialect, deps: RuntimeDeps) {
    this.name = dialect.name;
    this.#dialect = dialect;
    this.#deps = deps;
    this.commands = new OciCommandLine(dialect, deps);
    const { parsePids } = dialect;
    if (parsePids) this.pids = (container, signal) => this.#pids(container, parsePids, signal);
    if (!dialect.criu) return;
    const criu = new Criu(dialect.criu, deps, this.commands);
    this.checkpoint = (container, request, signal) => criu.checkpoint(container, request, signal);
    this.restore = (request, signal) =>
      this.#makeInit({
        container: request.container,
        prefix: "OCI runtime restore failed",
        isTidy: false,
        run: () => criu.restore(request, signal),
      });
  }

  /** Without `stdio` the process gets none: for a runtime that takes the stdio at start. */
  async create(request: StdioOptional<CreateRequest>, signal: AbortSignal): Promise<Created> {
    const { container, consoleSocket } = request;
    const pidFile = initPidFile(container.bundle);
    const extra = this.#dialect.createArgs?.(container.options) ?? [];
    const args = argv.createArgs(container.id, container.bundle, { pidFile, consoleSocket, extra });
    signal.throwIfAborted();
    const call: OciCall = { args, container, stdio: stdioOf(request) };
    const run = () => this.commands.run(call, signal);
    return this.#makeInit({ container, prefix: "OCI runtime create failed", isTidy: true, run });
  }

  async #makeInit({ container, prefix, isTidy, run }: Making): Promise<Created> {
    let isUndone = false;
    try {
      const outcome = await run();
      if (outcome.failure) isUndone = isTidy && !outcome.failure.interrupted;
      check(outcome, prefix);
      return { pid: pidIn(initPidFile(container.bundle), prefix) };
    } catch (error) {
      if (!isUndone) await this.#undoCreate(container);
      throw error;
    }
  }

  async start(container: ContainerRef, signal: AbortSignal, stdio?: ProcessStdio): Promise<void> {
    const call: OciCall = { args: argv.startArgs(container.id), container, stdio };
    check(await this.commands.run(call, signal), "OCI runtime start failed");
  }

  async kill(container: ContainerRef, request: KillRequest, signal: AbortSignal): Promise<void> {
    const args = argv.killArgs(container.id, request.signal, request.all);
    const { failure } = await this.commands.run({ args, container }, signal);
    if (!failure) return;
    // The texts of checkKillError in process/utils.go of containerd's shim.
    if (failure.fromRuntime && this.#dialect.isStopped(failure.text)) throw notFound("process already finished");
    if (failure.fromRuntime && this.#dialect.isAbsent(failure.text)) throw notFound("no such container");
    throw unknown(`unknown error after kill: ${failure.text}`);
  }

  async delete(container: ContainerRef, options: { readonly force: boolean }, signal: AbortSignal): Promise<void> {
    const args = argv.deleteArgs(container.id, options.force);
    const outcome = await this.commands.run({ args, container }, signal);
    if (outcome.failure?.fromRuntime && this.#dialect.isAbsent(outcome.failure.text)) return;
    check(outcome, "failed to delete task");
  }

  async exec(request: ExecRequest, signal: AbortSignal): Promise<Created> {
    const { container, consoleSocket } = request;
    const pidFile = execPidFile(container.bundle, request.execId);
    const processFile = execProcessFile(container.bundle, request.execId);
    const args = argv.execArgs(container.id, processFile, { pidFile, consoleSocket, extra: [] });
    rmSync(pidFile, { force: true });
    try {
      // Its environment may contain secrets.
      writePrivateFile(processFile, formatExactJson(request.process), "OCI process");
      check(await this.commands.run({ args, container, stdio: stdioOf(request) }, signal), "OCI runtime exec failed");
      return { pid: pidIn(pidFile, "OCI runtime exec failed") };
    } catch (error) {
      if (signal.aborted) undoExec(pidFile);
      throw error;
    } finally {
      rmSync(processFile, { force: true });
    }
  }

  async #pids(
    container: ContainerRef,
    parsePids: NonNullable<OciDialect["parsePids"]>,
    signal: AbortSignal,
  ): Promise<readonly number[]> {
    const outcome = await this.commands.run({ args: argv.psArgs(container.id), container }, signal);
    const { stdout } = check(outcome, "OCI runtime ps failed");
    try {
      return parsePids(stdout);
    } catch (error) {
      throw unknown(`OCI runtime ps failed: ${(error as Error).message}`, { cause: error });
    }
  }

  async pause(container: ContainerRef, signal: AbortSignal): Promise<void> {
    const call: OciCall = { args: argv.pauseArgs(container.id), container };
    check(await this.commands.run(call, signal), "OCI runtime pause failed");
  }

  async resume(container: ContainerRef, signal: AbortSignal): Promise<void> {
    const call: OciCall = { args: argv.resumeArgs(container.id), container };
    check(await this.commands.run(call, signal), "OCI runtime resume failed");
  }

  async update(container: ContainerRef, resources: object, signal: AbortSignal): Promise<void> {
    const call: OciCall = { args: argv.updateArgs(container.id), container, input: formatExactJson(resources) };
    check(await this.commands.run(call, signal), "OCI runtime update failed");
  }

  features(options: RuntimeOptions, signal: AbortSignal): Promise<string | undefined> {
    return this.commands.features(options, signal);
  }

  async #undoCreate(container: ContainerRef): Promise<void> {
    try {
      await undoCreate(container, this, this.commands);
    } catch (error) {
      // The client must see the error of the create itself.
      this.#deps.log.warn("clean-up after create failed", { id: container.id, error: (error as Error).message });
    }
  }
}

/** A command that creates a container and its init process. */
interface Making {
  readonly container: ContainerRef;
  readonly prefix: string;
  /**
   * True: a failure that the command reports itself leaves nothing behind. The state of the id is then not even
   * queried, because the id may belong to another container.
   */
  readonly isTidy: boolean;
  readonly run: () => Promise<OciOutcome>;
}

type StdioOptional<Request extends CreateRequest> = Omit<Request, "stdio"> & {
  readonly stdio?: ProcessStdio | undefined;
};

function check(outcome: OciOutcome, prefix: string): OciOutcome {
  if (outcome.failure) throw unknown(`${prefix}: ${outcome.failure.text}`);
  return outcome;
}

function pidIn(pidFile: string, prefix: string): number {
  try {
    return readPidFile(pidFile);
  } catch (error) {
    throw unknown(`${prefix}: ${(error as Error).message}`, { cause: error });
  }
}

// With a terminal, the runtime creates the process's stdio itself, and the command's output is only the runtime's own.
function stdioOf(request: StdioOptional<CreateRequest | ExecRequest>): ProcessStdio | undefined {
  return request.consoleSocket === undefined ? request.stdio : undefined;
}
