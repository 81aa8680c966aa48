import { failedPrecondition, unknown } from "../errors/errors.ts";
import { taskExecStarted, taskStart } from "../events/task-events.ts";
import { openIo } from "../io/open-io.ts";
import { hasErrorCode } from "../native/libc-error.ts";
import { readSpec } from "../oci/bundle.ts";
import { execAbility } from "./abilities.ts";
import type { Container } from "./container.ts";
import type { TaskDeps } from "./deps.ts";
import { watchExec } from "./exits.ts";
import { runHooks } from "./hook-seam.ts";
import { endDenied } from "./pre-start-denial.ts";
import type { Process } from "./process.ts";

/** Starts the user's program in a created container. Its start event comes before its exit, however short it lives. */
export function startInit(deps: TaskDeps, container: Container, signal: AbortSignal): Promise<number> {
  const { init, ref } = container;
  return init.lock.run(async () => {
    requireCreated(init);
    await runHooks(deps, "preStart", container, () => ({ pid: init.pid, spec: readSpec(ref.bundle) }), signal).catch(
      (denial: unknown) => endDenied(deps, container, denial),
    );
    requireCreated(init);
    init.park();
    try {
      await container.runtime.start(ref, signal);
      init.move("running");
      deps.publisher.publish(taskStart({ containerId: ref.id, pid: init.pid }));
      deps.log.info("container started", { id: ref.id, pid: init.pid });
    } finally {
      init.unpark();
    }
    await runHooks(deps, "postStart", container, () => ({ pid: init.pid }), signal);
    return init.pid;
  });
}

/** Starts an exec that `Exec` has added. Execs of one container start side by side. */
export function startExec(deps: TaskDeps, container: Container, exec: Process, signal: AbortSignal): Promise<number> {
  const { execId, spec } = exec;
  return exec.lock.run(async () => {
    requireInit(container);
    requireCreated(exec);
    await runHooks(deps, "preExecStart", container, () => ({ execId, process: spec }), signal);
    requireInit(container);
    container.liveExecs += 1;
    try {
      await spawnExec(deps, container, exec, signal);
    } catch (error) {
      exec.abandon();
      container.execGone();
      throw error;
    }
    await runHooks(deps, "postExecStart", container, () => ({ execId, pid: exec.pid }), signal);
    return exec.pid;
  });
}

async function spawnExec(deps: TaskDeps, container: Container, exec: Process, signal: AbortSignal): Promise<void> {
  const { ref } = container;
  const { ioUid, ioGid } = ref.options;
  const options = { direct: false, ioUid, ioGid, consoleDirectory: deps.daemon.directory };
  const io = await openIo(exec.paths, options, deps);
  exec.io = io;
  using _hold = deps.reaper.hold();
  try {
    const { stdio, consoleSocket } = io;
    const request = { container: ref, execId: exec.execId, process: toProcess(exec), stdio, consoleSocket };
    exec.pid = (await execAbility(container.runtime)(request, signal)).pid;
    io.handedOver();
  } catch (error) {
    io.close();
    endProcess(exec);
    throw error;
  }
  exec.move("running");
  deps.publisher.publish(taskExecStarted({ containerId: ref.id, execId: exec.execId, pid: exec.pid }));
  watchExec(deps, container, exec);
}

/** An exec runs before its terminal is here, so the runtime has to set the size that came early. */
function toProcess({ spec, size }: Process): unknown {
  return size === undefined ? spec : Object.assign({}, spec, { consoleSize: size });
}

/** A process that was made, but has not got the terminal that it was made with, is of no use to anybody. */
function endProcess(exec: Process): void {
  const { pid } = exec;
  exec.pid = 0;
  try {
    if (pid > 0) process.kill(pid, "SIGKILL");
  } catch (error) {
    if (!hasErrorCode(error, "ESRCH")) throw error;
  }
}

function requireInit(container: Container): void {
  if (!container.initGone) return;
  throw failedPrecondition(`container ${container.ref.id} init process is not running: failed precondition`);
}

/** The texts are containerd-shim-runc-v2's. @see https://github.com/containerd/containerd/blob/main/cmd/containerd-shim-runc-v2/process/init_state.go */
function requireCreated(process: Process): void {
  if (process.state !== "created") throw unknown(`cannot start a ${process.state} process`);
}
