import { failedPrecondition, unknown } from "../../errors/errors.ts";
import { taskExecStarted, taskStart } from "../../events/task-events.ts";
import { readExactSpec } from "../../spec/bundle.ts";
import type { Call } from "../call.ts";
import type { Container } from "../container/container.ts";
import { createdPid } from "../container/created-pid.ts";
import { forceKill, killLimit, sigkill } from "../container/force-kill.ts";
import type { Process } from "../container/process.ts";
import { isCreated } from "../container/process-state.ts";
import type { TaskDeps } from "../deps.ts";
import { watchExec } from "../ending/exits.ts";
import { runHooks } from "../hook-seam.ts";
import { endDenied } from "./end-denied.ts";
import { execAbility } from "./exec-ability.ts";
import { signalExec } from "./kill.ts";
import { openProcessIo } from "./open-process-io.ts";
import { restore } from "./restore.ts";

/** Starts a process that Create or Exec has made. Returns its pid. */
export function start(call: Call, execId: string): Promise<number> {
  const process = call.container.process(execId);
  return execId === "" ? startInit(call) : startExec(call, process);
}

/**
 * Starts the user's program in a created container. Its start event precedes its exit event, however short its life is.
 */
function startInit(call: Call): Promise<number> {
  const { init } = call.container;
  return init.lock.run(async () => {
    if (!isStarted(call, init)) await startCreated(call);
    await runHooks(call, "postStart", () => ({ pid: init.pid }));
    return init.pid;
  });
}

/** Whether an earlier attempt of this Start has started the process. One that ended before it ran was refused. */
const isStarted = ({ attempt }: Call, process: Process): boolean => attempt > 0 && process.hasRun;

async function startCreated(call: Call): Promise<void> {
  const { deps, container, signal } = call;
  const { init, ref } = container;
  requireCreated(init);
  await runHooks(call, "preStart", () => ({ pid: init.pid, spec: readExactSpec(ref.bundle) })).catch(
    (denial: unknown) => endDenied(deps, container, denial),
  );
  requireCreated(init);
  init.reports.park();
  try {
    const limited = container.commands.with(signal);
    if (init.state === "createdCheckpoint") await restore({ ...call, signal: limited });
    else await container.runtime.start(ref, limited, init.startStdio);
    await handOver(deps, container);
    init.running();
    deps.publisher.publish(taskStart({ containerId: ref.id, pid: init.pid }));
    deps.log.info("container started", { id: ref.id, pid: init.pid });
  } finally {
    init.reports.unpark();
  }
}

/**
 * Hands over init's ends of the streams if the runtime took them at start. If that fails, init is killed: a program
 * without the terminal that it was started with is of no use.
 */
async function handOver(deps: TaskDeps, container: Container): Promise<void> {
  const { init } = container;
  if (init.startStdio === undefined) return;
  try {
    init.io?.handedOver();
    init.stdioTaken();
  } catch (error) {
    await forceKill(container, { all: false }).catch((reason: unknown) =>
      deps.log.warn("failed to kill", { id: container.ref.id, error: reason }),
    );
    throw error;
  }
}

/** Starts an exec that `Exec` has added. Execs of one container may start concurrently. */
function startExec(call: Call, exec: Process): Promise<number> {
  const { execId } = exec;
  return exec.lock.run(async () => {
    if (!isStarted(call, exec)) await startAdded(call, exec);
    await runHooks(call, "postExecStart", () => ({ execId, pid: exec.pid }));
    return exec.pid;
  });
}

async function startAdded(call: Call, exec: Process): Promise<void> {
  const { container } = call;
  const { execId, spec } = exec;
  requireInit(container);
  requireCreated(exec);
  await runHooks(call, "preExecStart", () => ({ execId, process: spec }));
  requireInit(container);
  exec.starting();
  try {
    await spawnExec(call, exec);
  } catch (error) {
    exec.startFailed();
    container.execGone();
    throw error;
  }
}

async function spawnExec({ deps, container, signal }: Call, exec: Process): Promise<void> {
  const { ref } = container;
  const io = await openProcessIo(deps, { ref, process: exec });
  exec.attach(io);
  using _hold = deps.reaper.hold();
  try {
    requireInit(container); // init may have exited while the streams were opened
    const { stdio, consoleSocket } = io;
    const request = { container: ref, execId: exec.execId, process: toProcess(exec), stdio, consoleSocket };
    const created = await execAbility(container.runtime)(request, container.commands.with(signal));
    exec.created({ pid: createdPid(container.runtime, created), internalPid: created.internalPid });
    io.handedOver();
  } catch (error) {
    io.close();
    await endProcess(deps, container, exec);
    throw error;
  }
  exec.running();
  watchExec(deps, container, exec); // calls back in a later turn, so the exit follows the start
  deps.publisher.publish(taskExecStarted({ containerId: ref.id, execId: exec.execId, pid: exec.pid }));
}

/**
 * Returns the exec's process. An exec runs before the daemon has its terminal, so the runtime has to set a size that
 * the client sent early.
 */
function toProcess({ spec, size }: Process): unknown {
  return size === undefined ? spec : Object.assign({}, spec, { consoleSize: size });
}

/** Kills an exec that was created but did not get the terminal it was created with: it is of no use. */
async function endProcess(deps: TaskDeps, container: Container, exec: Process): Promise<void> {
  if (exec.pid === 0) return;
  await signalExec({ container, signal: killLimit() }, exec, sigkill).catch((error: unknown) =>
    deps.log.warn("failed to kill", { id: container.ref.id, exec_id: exec.execId, error }),
  );
}

function requireInit({ init, ref }: Container): void {
  if (!init.isGone && init.state !== "deleted") return;
  throw failedPrecondition(`container ${ref.id} init process is not running: failed precondition`);
}

/**
 * The texts are containerd-shim-runc-v2's.
 * @see https://github.com/containerd/containerd/blob/main/cmd/containerd-shim-runc-v2/process/init_state.go
 */
function requireCreated(process: Process): void {
  if (!isCreated(process.state)) throw unknown(`cannot start a ${process.state} process`);
}
