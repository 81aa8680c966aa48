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
import { forgetEarly } from "./forget.ts";
import { awaitInitExit } from "./init-exit.ts";
import { endOomWatch } from "./oom.ts";
import { whenOutputIsTaken } from "./output-taken.ts";
import { runOwed } from "./owed-hooks.ts";
import { releaseEarly } from "./release-io.ts";

/** How long init's exit waits for exits of execs that the runtime does not deliver; longer than those wait for readers. */
const execExitsTimeoutMs = 10_000;

/**
 * Follows init to its end. Its exit is recorded when it is reaped and reported last of all exits of the container: the state, those
 * who wait, the event. No step that fails keeps the next from being taken.
 */
export function watchInit(deps: TaskDeps, container: Container): void {
  const ended = (exit: Exit): void => {
    container.init.isGone = true;
    container.commands.begin();
    container.init.exited(() => initExited(deps, container, exit));
  };
  if (container.runtime.wait === undefined) deps.reaper.watch(container.init.pid, ended);
  else void awaitInitExit(deps, container).then(ended);
}

/** Follows an exec to its end. */
export function watchExec(deps: TaskDeps, container: Container, exec: Process): void {
  deps.reaper.watch(exec.pid, (exit) => {
    exec.isGone = true;
    whenOutputIsTaken(exec.io, deps.log, () => {
      report({ deps, container }, exec, exit);
      container.execGone();
      void releaseEarly(deps, container, exec);
    });
  });
}

function initExited(deps: TaskDeps, container: Container, exit: Exit): void {
  const { init, ref } = container;
  if (init.state === "deleted") return; // its id may be another container's
  recordExit(deps, container, exit);
  if (ref.options.systemdCgroup) attempt(noteOf(deps, init, "metrics not kept"), () => keepLastMetrics(container));
  const finish = (): void => {
    if (init.state === "deleted") return;
    report({ deps, container }, init, exit);
    attempt(noteOf(deps, init, "out-of-memory watch not ended"), () => endOomWatch(container));
    container.afterExit = runExitHooks(deps, container, exit);
    container.forgotten = forgetEarly(deps, container);
  };
  const isAlone = container.privatePidNamespace && container.liveExecs === 0 && init.state !== "paused";
  const tell = (): void => whenOutputIsTaken(init.io, deps.log, finish);
  if (isAlone) tell();
  else void endOtherProcesses(deps, container).then(tell);
}

/** Init's end is told as every exit is, but it is owed: the hooks of `delete` tell it if this daemon dies before it has. */
async function runExitHooks(deps: TaskDeps, container: Container, exit: Exit): Promise<void> {
  await runOwed({ deps, container }, "exit", () => ({ execId: "", exit }));
  await runOwed({ deps, container }, "postStop", () => ({ exit }));
}

/**
 * Before any client can ask: an exit that the journal holds is not lost with the daemon. What cannot be written now is written
 * when it can be.
 */
function recordExit(deps: TaskDeps, container: Container, { pid, exitStatus, exitedAt }: Exit): void {
  const { bundle } = container.ref;
  container.journal = { ...container.journal, exit: { pid, exitStatus, exitedAt: exitedAt.toISOString() } };
  insist(noteOf(deps, container.init, "exit is not in the journal"), () => {
    if (container.init.state === "deleted") return;
    writeJournal(bundle, container.journal);
    writeFileSync(join(bundle, "exit"), String(exitStatus), { mode: 0o600 });
  });
}

/**
 * Without a pid namespace of its own a container's processes outlive its init; execs may be about to report theirs.
 * Settles when no exec is left, or after a bound: a runtime that hangs must not hide the end of init. Never rejects.
 * @see https://github.com/containerd/containerd/blob/main/cmd/containerd-shim-runc-v2/task/service.go handleInitExit
 */
async function endOtherProcesses(deps: TaskDeps, container: Container): Promise<void> {
  const failed = (error: unknown): void =>
    logFailure(noteOf(deps, container.init, "failed to kill all processes"), error);
  await thaw(deps, container).catch(failed);
  if (!container.privatePidNamespace) await forceKill(container, { all: true }).catch(failed);
  if (container.liveExecs === 0) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, execExitsTimeoutMs);
  container.onExecsGone = resolve;
  await promise;
  clearTimeout(timer);
}

/** Lack of memory comes before the end it caused. State next, so that a client woken by the event finds it; then waiters, then the event. */
function report({ deps, container }: Omit<Call, "signal">, process: Process, exit: Exit): void {
  if (process.state === "stopped" || process.state === "deleted") return;
  const { containerId, execId, id } = process;
  const { pid, exitStatus, exitedAt } = exit;
  attempt(noteOf(deps, process, "out-of-memory kills not counted"), () => container.oomWatch?.check());
  process.stop(exit);
  // An exec that outlived its container: no event comes after that of the deletion.
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
