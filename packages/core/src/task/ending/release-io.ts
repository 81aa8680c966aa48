import { setTimeout } from "node:timers/promises";
import type { OutputOutlook, ProcessIo } from "../../io/process-io.ts";
import { logFailure } from "../../log/attempt.ts";
import { removeExecFiles } from "../../oci/pid-file.ts";
import type { Container } from "../container/container.ts";
import type { Process } from "../container/process.ts";
import type { TaskDeps } from "../deps.ts";

/** Default of `StdioSettings.absentReaderMs`. */
const absentReaderMs = 10_000;
/** How long an exec's output may be held by another process, with nothing of it unread: as in containerd-shim-runc-v2. */
const execDrainTimeoutMs = 2_000;
const firstPauseMs = 1;
const longestPauseMs = 500;

/** Closes the streams of a process that has ended or never was, once its output is delivered or the limit for that is over. */
export async function releaseIo(deps: TaskDeps, process: Process): Promise<void> {
  const { io, pid, containerId: id, execId } = process;
  if (io === undefined) return;
  if (pid > 0 && !(await drained(deps, process, io))) {
    deps.log.warn("output is not complete: another process has it open, or no client has read it", {
      id,
      exec_id: execId,
    });
  }
  io.close();
}

/** A child that an exec has left behind may hold its output for good: an exec's output is waited for while the client still reads. */
async function drained({ stdio: { drainTimeoutMs } }: TaskDeps, process: Process, io: ProcessIo): Promise<boolean> {
  if (process.execId === "") return io.drained(drainTimeoutMs);
  const heldMs = Math.min(execDrainTimeoutMs, drainTimeoutMs);
  if (await io.drained(heldMs)) return true;
  return (io.unread?.() ?? 0) > 0 && io.drained(drainTimeoutMs - heldMs);
}

/**
 * Releases the descriptors and files of an exec that has ended, though no client deletes it: once its output is delivered, or
 * once no client has it open for reading any more. Output that waits for a client that has it open stays.
 */
export async function releaseEarly(deps: TaskDeps, container: Container, exec: Process): Promise<void> {
  const release = async (): Promise<void> => {
    if (exec.state !== "stopped") return;
    await releaseIo(deps, exec);
    exec.io = undefined;
    if (container.init.state !== "deleted") removeExecFiles(container.ref.bundle, exec.execId);
  };
  try {
    if (exec.io !== undefined) await whenReleasable(exec, exec.io, deps.stdio.absentReaderMs ?? absentReaderMs);
    await exec.lock.run(release);
  } catch (error) {
    const fields = { id: container.ref.id, exec_id: exec.execId };
    logFailure({ log: deps.log, message: "exec not released", fields }, error);
  }
}

/** Settles when the output is delivered, when no client has had it open for the limit, or when a Delete has come. */
async function whenReleasable(exec: Process, io: ProcessIo, limitMs: number): Promise<void> {
  let abandonedAt: number | undefined;
  for (let pauseMs = firstPauseMs; exec.state === "stopped"; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    const outlook = outlookOf(io);
    if (outlook === "delivered") return;
    const now = performance.now();
    abandonedAt = outlook === "abandoned" ? (abandonedAt ?? now) : undefined;
    if (abandonedAt !== undefined && now - abandonedAt >= limitMs) return;
    await setTimeout(pauseMs, undefined, { ref: false });
  }
}

/** The question needs a descriptor. Without an answer it is repeated. */
function outlookOf(io: ProcessIo): OutputOutlook {
  try {
    return io.outlook?.() ?? "expected";
  } catch {
    return "expected";
  }
}
