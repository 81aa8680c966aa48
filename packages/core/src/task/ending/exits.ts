import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { taskExit } from "../../events/task-events.ts";
import { attempt, type FailureNote, insist, logFailure } from "../../log/attempt.ts";
import type { Exit } from "../../reaper/exit.ts";
import type { Call } from "../call.ts";
import type { Container } from "../container/container.ts";
import { forceKill } from "../container/force-kill.ts";
import { writeJournal } from "../container/journal.ts";
import { keepLastMetrics } from "../container/own-metrics.ts";
import type { Process } from "../container/process.ts";
import { thaw } from "../container/thaw.ts";
import type { TaskDeps } from "../deps.ts";
import { tellHooks } from "../hook-seam.ts";
import { awaitInitExit } from "./await-init-exit.ts";
import { forgetEarly } from "./forget-early.ts";
import { endOomWatch } from "./oom.ts";
import { runOwed } from "./owed-hooks.ts";
import { releaseEarly } from "./release-io.ts";
import { whenOutputIsTaken } from "./when-output-is-taken.ts";

/** Default of `TaskDeps.execExitsTimeoutMs`. It is longer than an exec's exit waits for readers of its output. */
const execExitsTimeoutMs = 10_000;

/**
 * Watches init until its end. Its exit is recorded when it is reaped, and reported as the last exit of the container:
 * first the state, then the waiters, then the event. A step that fails does not prevent the next one.
 */
export function watchInit(deps: TaskDeps, container: Container): void {
  const ended = (exit: Exit): void => {
    container.init.reaped(exit);
    container.commands.begin();
    container.init.reports.exited(() => initExited(deps, container, exit));
  };
  if (container.runtime.wait === undefined) deps.reaper.watch(container.init.pid, ended);
  else void awaitInitExit(deps, container).then(ended);
}

/** Watches an exec until its end. */
export function watchExec(deps: TaskDeps, container: Container, exec: Process): void {
  deps.reaper.watch(exec.pid, (exit) => {
    exec.reaped(exit);
    whenOutputIsTaken(exec.io, deps.log, () => {
      report({ deps, container }, exec, exit);
      container.execGone();
      void releaseEarly(deps, container, exec);
    });
  });
}

function initExited(deps: TaskDeps, container: Container, exit: Exit): void {
  const { init, ref } = container;
  if (init.state === "deleted") return; // its id may belong to another container
  recordExit(deps, container, exit);
  if (ref.options.systemdCgroup) attempt(noteOf(deps, init, "metrics not kept"), () => keepLastMetrics(container));
  const finish = (): void => {
    if (init.state === "deleted") return;
    report({ deps, container }, init, exit);
    attempt(noteOf(deps, init, "out-of-memory watch not ended"), () => endOomWatch(container));
    container.ending.runHooks(runExitHooks(deps, container, exit));
    container.ending.forget(forgetEarly(deps, container));
  };
  const isAlone = container.privatePidNamespace && !container.hasLiveExecs && init.state !== "paused";
  const tell = (): void => whenOutputIsTaken(init.io, deps.log, finish);
  if (isAlone) tell();
  else void endOtherProcesses(deps, container).then(tell);
}

/**
 * Runs the hooks of init's exit. Init's exit is reported like every exit, but its hooks are pending in the journal: if
 * this daemon dies before they are done, `delete` runs them.
 */
async function runExitHooks(deps: TaskDeps, container: Container, exit: Exit): Promise<void> {
  await runOwed({ deps, container }, "exit", () => ({ execId: "", exit }));
  await runOwed({ deps, container }, "postStop", () => ({ exit }));
}

/**
 * Records init's exit before any client can ask for it: an exit in the journal is not lost with the daemon. A write
 * that fails is repeated until it succeeds.
 */
function recordExit(deps: TaskDeps, container: Container, { exitStatus }: Exit): void {
  const { bundle } = container.ref;
  insist(noteOf(deps, container.init, "exit is not in the journal"), () => {
    if (container.init.state === "deleted") return;
    writeJournal(bundle, container.journal(deps.daemon));
    writeFileSync(join(bundle, "exit"), String(exitStatus), { mode: 0o600 });
  });
}

/**
 * Ends the other processes of the container and waits for the exits of its execs. Without a pid namespace of its own, a
 * container's processes outlive its init. Execs may be about to report their exits. Settles when no exec is left, or
 * after a time limit: a runtime that hangs must not hide init's exit. Never rejects.
 * @see https://github.com/containerd/containerd/blob/main/cmd/containerd-shim-runc-v2/task/service.go handleInitExit
 */
async function endOtherProcesses(deps: TaskDeps, container: Container): Promise<void> {
  const failed = (error: unknown): void =>
    logFailure(noteOf(deps, container.init, "failed to kill all processes"), error);
  await thaw(deps, container).catch(failed);
  if (!container.privatePidNamespace) await forceKill(container, { all: true }).catch(failed);
  await container.execsGone(deps.execExitsTimeoutMs ?? execExitsTimeoutMs);
}

/**
 * Reports an exit. An OOM kill is reported before the exit that it caused. Then the state is set, so that a client that
 * the event wakes finds it. The waiters follow, and then the event.
 */
function report({ deps, container }: Pick<Call, "deps" | "container">, process: Process, exit: Exit): void {
  if (process.state === "stopped" || process.state === "deleted") return;
  const { containerId, execId, id } = process;
  const { pid, exitStatus, exitedAt } = exit;
  attempt(noteOf(deps, process, "out-of-memory kills not counted"), () => container.ending.oomWatch?.check());
  process.stopped();
  // An exec that outlived its container: no event may follow the delete event.
  if (container.init.state === "deleted") return;
  deps.publisher.publish(taskExit({ containerId, id, pid, exitStatus, exitedAt }));
  attempt(noteOf(deps, process, "exit not logged"), () =>
    deps.log.info("process exited", { id: containerId, exec_id: execId, pid, status: exitStatus }),
  );
  if (execId === "") return;
  attempt(noteOf(deps, process, "hooks not called"), () =>
    tellHooks({ deps, container }, "exit", () => ({ execId, exit })),
  );
}

const noteOf = ({ log }: TaskDeps, { containerId, execId }: Process, message: string): FailureNote => ({
  log,
  message,
  fields: { id: containerId, exec_id: execId },
});
