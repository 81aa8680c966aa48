import { rmSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import {
  Code,
  type Created,
  type ExecRequest,
  execInternalPidFile,
  execPidFile,
  execProcessFile,
  formatExactJson,
  type OciCommandLine,
  type OciOutcome,
  readPidFile,
  StatusError,
  writePrivateFile,
} from "@dunnage/core";

const lookMs = 5;

/**
 * Starts a process in a sandbox. Its pid on the host is the pid of the command, which ends with the exit status of the
 * process.
 *
 * The command stays in the foreground. `--detach` would start a second runsc with the same arguments, except those that
 * contain "detach" anywhere, even in the container's id. With a terminal there is no other way than `--detach`.
 * @see https://github.com/google/gvisor/blob/master/runsc/cmd/exec.go
 */
export async function startExec(commands: OciCommandLine, request: ExecRequest, signal: AbortSignal): Promise<Created> {
  const { container, execId, consoleSocket } = request;
  const pidFile = execPidFile(container.bundle, execId);
  const internalPidFile = execInternalPidFile(container.bundle, execId);
  const processFile = execProcessFile(container.bundle, execId);
  const args = [`--process=${processFile}`, `--pid-file=${pidFile}`, `--internal-pid-file=${internalPidFile}`];
  if (consoleSocket !== undefined) args.push("--detach", `--console-socket=${consoleSocket}`);
  const stdio = consoleSocket === undefined ? request.stdio : undefined;
  for (const file of [pidFile, internalPidFile]) rmSync(file, { force: true });
  signal.throwIfAborted();
  // The command runs as long as the process. The caller's signal ends it only until the process has started, so
  // AbortSignal.any, which nothing can unlink, would be wrong.
  const starting = new AbortController();
  const abort = (): void => starting.abort(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  try {
    // The process may have secrets in its environment.
    writePrivateFile(processFile, formatExactJson(request.process), "OCI process");
    const call = { args: ["exec", ...args, container.id] as ["exec", ...string[]], container, stdio };
    await started(commands.run(call, starting.signal), pidFile);
    return { pid: readPidFile(pidFile), internalPid: readPidFile(internalPidFile) };
  } finally {
    signal.removeEventListener("abort", abort);
    rmSync(processFile, { force: true });
  }
}

/** Settles when the pid file exists (runsc writes it last), or when the command has ended without one. */
async function started(command: Promise<OciOutcome>, pidFile: string): Promise<void> {
  for (;;) {
    const outcome = await Promise.race([command, setTimeout(lookMs)]);
    if (hasPid(pidFile)) return;
    if (outcome === undefined) continue;
    const text = outcome.failure?.text ?? "the command ended without a process";
    throw new StatusError(Code.Unknown, `OCI runtime exec failed: ${text}`);
  }
}

function hasPid(pidFile: string): boolean {
  try {
    return readPidFile(pidFile) > 0;
  } catch {
    return false;
  }
}
