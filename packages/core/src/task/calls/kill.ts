import { Code, StatusError } from "@dunnage/ttrpc";
import { failedPrecondition, invalidArgument, notFound } from "../../errors/errors.ts";
import { hasErrorCode } from "../../native/libc-error.ts";
import type { Call } from "../call.ts";
import { sigkill } from "../container/force-kill.ts";
import { orAborted } from "../container/or-aborted.ts";
import type { Process } from "../container/process.ts";
import { thaw } from "../container/thaw.ts";
import { runHooks } from "../hook-seam.ts";
import { adjustSignal } from "./adjust.ts";

const maxSignal = 64;
/** Signals that ask or force a process to end: SIGHUP, SIGINT, SIGQUIT, SIGKILL, SIGTERM. */
const terminating = new Set([1, 2, 3, 9, 15]);

/**
 * Sends a signal. It never waits for another call on the container, so a container whose runtime hangs in `start` can
 * still be killed.
 * @throws {StatusError} NotFound – the process has ended; clients treat that as success.
 * @see https://github.com/containerd/containerd/blob/main/cmd/containerd-shim-runc-v2/process/utils.go checkKillError
 */
export async function kill(
  call: Call,
  { execId, ...request }: { readonly execId: string; readonly signal: number; readonly all: boolean },
): Promise<void> {
  const process = call.container.process(execId);
  if (request.signal > maxSignal) throw invalidArgument(`unknown signal ${request.signal}`);
  const sent = { ...request, signal: await adjustSignal(call, { execId, ...request }) };
  await send(call, process, sent).catch((error: unknown) => {
    // The earlier attempt may have ended it.
    if (call.attempt === 0 || !isAlreadyFinished(error)) throw error;
  });
  await runHooks(call, "postKill", () => ({ execId, ...sent }));
}

function send(call: Call, target: Process, request: { readonly signal: number; readonly all: boolean }): Promise<void> {
  return target === call.container.init ? killInit(call, request) : killExec(call, target, request.signal);
}

async function killInit(call: Call, request: { readonly signal: number; readonly all: boolean }): Promise<void> {
  const { deps, container, signal } = call;
  if (container.init.isGone && (!request.all || container.isForgotten)) throw alreadyFinished();
  if (terminating.has(request.signal)) await announceStop(call, request.signal);
  try {
    await container.runtime.kill(container.ref, request, container.commands.with(signal));
  } catch (error) {
    // The runtime's delete, which init's exit has started, may have removed what `kill --all` was reading.
    if (container.init.isGone && (await orAborted(container.ending.forgetting, signal)).isForgotten)
      throw alreadyFinished();
    throw error;
  }
  // On cgroup v1 a frozen process does not die of SIGKILL until it is thawed, and not every runtime thaws it.
  if (request.signal === sigkill) await thaw(deps, container);
}

/** `preStop` runs once, before the first signal that is meant to end init. */
async function announceStop(call: Call, number: number): Promise<void> {
  const { container } = call;
  if (container.isStopAnnounced || container.init.isGone) return;
  container.stopAnnounced();
  await runHooks(call, "preStop", () => ({ signal: number, pid: container.init.pid }));
}

async function killExec(call: Call, exec: Process, number: number): Promise<void> {
  if (exec.state === "created") throw failedPrecondition("process not created: failed precondition");
  if (exec.isGone || exec.state !== "running") throw alreadyFinished();
  await signalExec(call, exec, number);
}

/**
 * Sends a signal to an exec that was started and not yet reaped, so its pid cannot belong to another process.
 * @throws {StatusError} NotFound – it has ended.
 */
export async function signalExec(
  { container, signal }: Pick<Call, "container" | "signal">,
  exec: Process,
  number: number,
): Promise<void> {
  const { runtime, ref } = container;
  if (runtime.killExec !== undefined) return runtime.killExec(ref, { execId: exec.execId, signal: number }, signal);
  try {
    process.kill(exec.pid, number);
  } catch (error) {
    if (hasErrorCode(error, "ESRCH")) throw alreadyFinished();
    throw error;
  }
}

const isAlreadyFinished = (error: unknown): boolean => error instanceof StatusError && error.code === Code.NotFound;

const alreadyFinished = () => notFound("process already finished: not found");
