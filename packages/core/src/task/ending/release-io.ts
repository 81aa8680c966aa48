import { setTimeout } from "node:timers/promises";
import type { OutputOutlook, ProcessIo } from "../../io/process-io.ts";
import { logFailure } from "../../log/attempt.ts";
import { removeExecFiles } from "../../oci/pid-file.ts";
import type { Container } from "../container/container.ts";
import type { Process } from "../container/process.ts";
import type { TaskDeps } from "../deps.ts";

/** Default of `StdioSettings.absentReaderMs`. */
const absentReaderMs = 10_000;
/**
 * How long another process may hold an exec's output open while nothing of it is unread. As in containerd-shim-runc-v2.
 */
const execDrainTimeoutMs = 2_000;
const firstPauseMs = 1;
const longestPauseMs = 500;

/**
 * Closes the streams of a process that has ended or was never created, once its output is delivered or the time limit
 * for that has passed.
 */
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

/**
 * Returns whether all output was delivered in time. A child that an exec has left behind may hold its output open for
 * ever. After `execDrainTimeoutMs` an exec's output is therefore waited for only if the client still has something to
 * read.
 */
async function drained({ stdio: { drainTimeoutMs } }: TaskDeps, process: Process, io: ProcessIo): Promise<boolean> {
  if (process.execId === "") return io.drained(drainTimeoutMs);
  const heldMs = Math.min(execDrainTimeoutMs, drainTimeoutMs);
  if (await io.drained(heldMs)) return true;
  return (io.unread?.() ?? 0) > 0 && io.drained(drainTimeoutMs - heldMs);
}

/**
 * Releases the descriptors and files of an ended exec even if no client deletes it: once its output is delivered, or
 * once no client has it open for reading any more. Output that waits for a client that has it open stays.
 */
export async function releaseEarly(deps: TaskDeps, container: Container, exec: Process): Promise<void> {
  const release = async (): Promise<void> => {
    if (exec.state !== "stopped") return;
    await releaseIo(deps, exec);
    exec.detach();
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

/** Settles when the output is delivered, when no client has had it open for `limitMs`, or when a Delete has come. */
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

/** Returns what becomes of the output. Finding out takes a descriptor. If that fails, the caller asks again. */
function outlookOf(io: ProcessIo): OutputOutlook {
  try {
    return io.outlook?.() ?? "expected";
  } catch {
    return "expected";
  }
}
