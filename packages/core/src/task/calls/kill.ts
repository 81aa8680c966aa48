import { failedPrecondition, invalidArgument, notFound } from "../../errors/errors.ts";
import { hasErrorCode } from "../../native/libc-error.ts";
import type { Container } from "../container/container.ts";
import { sigkill } from "../container/force-kill.ts";
import type { Process } from "../container/process.ts";
import { thaw } from "../container/thaw.ts";
import type { TaskDeps } from "../deps.ts";
import { runHooks } from "../hook-seam.ts";
import { adjustSignal } from "./adjust.ts";

const maxSignal = 64;
/** Signals that ask or force a process to end: SIGHUP, SIGINT, SIGQUIT, SIGKILL, SIGTERM. */
const terminating = new Set([1, 2, 3, 9, 15]);

/**
 * Sends a signal. Never waits for another call of the container: a runtime that hangs in `start` can still be killed.
 * @throws {StatusError} NotFound – the process is over: clients take that for success.
 * @see https://github.com/containerd/containerd/blob/main/cmd/containerd-shim-runc-v2/process/utils.go checkKillError
 */
export async function kill(
  deps: TaskDeps,
  container: Container,
  process: Process,
  request: { readonly signal: number; readonly all: boolean },
  signal: AbortSignal,
): Promise<void> {
  if (request.signal > maxSignal) throw invalidArgument(`unknown signal ${request.signal}`);
  const { execId } = process;
  const sent = { ...request, signal: await adjustSignal(deps, container, { execId, ...request }, signal) };
  if (execId === "") await killInit(deps, container, sent, signal);
  else await killExec(container, process, sent.signal, signal);
  await runHooks(deps, "postKill", container, () => ({ execId, ...sent }), signal);
}

async function killInit(
  deps: TaskDeps,
  container: Container,
  request: { readonly signal: number; readonly all: boolean },
  signal: AbortSignal,
): Promise<void> {
  if (container.init.isGone && (!request.all || container.isForgotten)) throw alreadyFinished();
  if (terminating.has(request.signal)) await announceStop(deps, container, request.signal, signal);
  await container.runtime.kill(container.ref, request, container.commands.with(signal));
  // On cgroup v1 a frozen process does not take its end, and not every runtime thaws it.
  if (request.signal === sigkill) await thaw(deps, container);
}

/** `preStop` runs once, before the first signal that is meant to end init. */
async function announceStop(deps: TaskDeps, container: Container, number: number, signal: AbortSignal): Promise<void> {
  if (container.stopAnnounced || container.init.isGone) return;
  container.stopAnnounced = true;
  await runHooks(deps, "preStop", container, () => ({ signal: number, pid: container.init.pid }), signal);
}

async function killExec(container: Container, exec: Process, number: number, signal: AbortSignal): Promise<void> {
  if (exec.state === "created") throw failedPrecondition("process not created: failed precondition");
  if (exec.isGone || exec.state !== "running") throw alreadyFinished();
  await signalExec(container, exec, number, signal);
}

/**
 * Sends a signal to an exec that was started and not reaped: its pid cannot have been given to another process.
 * @throws {StatusError} NotFound – it is over.
 */
export async function signalExec(
  container: Container,
  exec: Process,
  number: number,
  signal: AbortSignal,
): Promise<void> {
  const { runtime, ref } = container;
  if (runtime.killExec !== undefined) return runtime.killExec(ref, exec.execId, number, signal);
  try {
    process.kill(exec.pid, number);
  } catch (error) {
    if (hasErrorCode(error, "ESRCH")) throw alreadyFinished();
    throw error;
  }
}

const alreadyFinished = () => notFound("process already finished: not found");
