import { existsSync } from "node:fs";
import { join } from "node:path";
import { notFound } from "../errors/errors.ts";
import type { ProcessStdio } from "../io/process-io.ts";
import { CommandLock } from "../reaper/command-lock.ts";
import type { RuntimeDeps } from "../runtime/define.ts";
import type { RuntimeOptions } from "../runtime/options.ts";
import type { ContainerRef } from "../runtime/runtime.ts";
import { globalArgs, type OciArgs } from "./argv.ts";
import { CallLog } from "./call-log.ts";
import type { OciDialect } from "./dialect.ts";
import { notStarted, type OciFailure, toFailure } from "./failure.ts";

/** One call of an OCI runtime's command line. */
export interface OciCall {
  /** The command's name and arguments; see `argv.ts`. */
  readonly args: OciArgs;
  readonly container: ContainerRef;
  /** Stdio of the new process; absent: no stdin, output captured. */
  readonly stdio?: ProcessStdio | undefined;
  /** Text for the command's stdin. */
  readonly input?: string;
  /** As `Command.env`. */
  readonly env?: readonly string[];
}

/** How a call ended: with its output, or with a failure. */
export interface OciOutcome {
  readonly stdout: string;
  readonly failure?: OciFailure;
}

/**
 * Runs OCI commands: finds the executable, gives each call its own log and the bundle's lock (`endOutlivedCommands`),
 * and describes failures. Neither a missing bundle nor a lack of inodes or descriptors stops a command that ends a
 * container.
 */
export class OciCommandLine {
  readonly #dialect: OciDialect;
  readonly #deps: RuntimeDeps;
  #serial = 0;

  constructor(dialect: OciDialect, deps: RuntimeDeps) {
    this.#dialect = dialect;
    this.#deps = deps;
  }

  /**
   * Resolves whatever the exit status. Rejects with the signal's reason when it aborts, after the command has been
   * ended.
   */
  async run(call: OciCall, signal: AbortSignal): Promise<OciOutcome> {
    signal.throwIfAborted();
    const { binary, path } = this.#find(call.container.options);
    if (path === undefined) return { stdout: "", failure: notStarted(missing(binary)) };
    this.#serial += 1;
    const isNeeded = making.has(call.args[0]);
    using log = CallLog.open(call.container.bundle, `${call.args[0]}.${this.#serial}`, { isNeeded });
    using lock = new CommandLock(call.container.bundle, { isNeeded });
    const args = [...this.#globalArgs(call.container, log?.path), ...call.args];
    const input = call.input === undefined ? {} : { input: call.input };
    const { env = [] } = call;
    const streams = { ...call.stdio, ...input, inherit: lock.inherit, mayLoseOutput: !isNeeded };
    const command = { path, args, env, ...workingDirectory(call.container), ...streams };
    try {
      const result = await this.#deps.commands.run(command, signal);
      if (result.exitStatus === 0) return { stdout: result.stdout };
      const failure = toFailure(this.#dialect, { binary, result, records: log?.records() ?? [] });
      return { stdout: result.stdout, failure };
    } catch (error) {
      if (signal.aborted) throw error;
      return { stdout: "", failure: notStarted((error as Error).message) };
    }
  }

  /**
   * Runs the command `features`, which takes no container; resolves with its JSON, or undefined if it fails or prints
   * none.
   * @throws {StatusError} NotFound – there is no such executable.
   */
  async features(options: RuntimeOptions, signal: AbortSignal): Promise<string | undefined> {
    const { binary, path } = this.#find(options);
    if (path === undefined) throw notFound(missing(binary));
    const { exitStatus, stdout } = await this.#deps.commands.run({ path, args: ["features"] }, signal);
    return exitStatus === 0 && isJsonObject(stdout) ? stdout : undefined;
  }

  #find(options: RuntimeOptions): { readonly binary: string; readonly path: string | undefined } {
    const binary = options.binaryName || this.#dialect.defaultBinary;
    return { binary, path: binary.includes("/") ? binary : this.#deps.findExecutable(binary) };
  }

  #globalArgs(container: ContainerRef, logFile: string | undefined): string[] {
    const { options } = container;
    const { joinsGlobalFlags } = this.#dialect;
    const root = join(options.root || this.#dialect.defaultRoot, container.namespace);
    const shared = globalArgs({ root, logFile, systemdCgroup: options.systemdCgroup, areJoined: joinsGlobalFlags });
    return [...shared, ...(this.#dialect.globalArgs?.(container) ?? [])];
  }
}

/**
 * The bundle: containerd's shim runs there, and so do its commands.
 * @see https://github.com/containerd/containerd/blob/main/core/runtime/v2/shim.go
 */
function workingDirectory({ bundle }: ContainerRef): { readonly cwd?: string } {
  return existsSync(bundle) ? { cwd: bundle } : {};
}

/**
 * Commands that need their log and lock. All others run without them if necessary: a command that ends a container is
 * never refused because a file is missing.
 */
const making: ReadonlySet<string> = new Set(["create", "start", "exec", "checkpoint", "restore"]);

// The wording of Go's os/exec, which clients know.
function missing(binary: string): string {
  return `exec: "${binary}": executable file not found in $PATH of the shim`;
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
