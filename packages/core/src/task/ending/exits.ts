import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { taskExit } from "../../events/task-events.ts";
import type { Exit } from "../../reaper/exit.ts";
import { thaw } from "../calls/pause.ts";
import { keepLastMetrics } from "../calls/stats.ts";
import type { Container } from "../container/container.ts";
import { writeJournal } from "../container/journal.ts";
import type { Process } from "../container/process.ts";
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
const killTimeoutMs = 10_000;

/** Follows init to its end. Its exit is recorded when it is reaped and reported last of all exits of the container. */
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
    whenOutputIsTaken(exec.io, () => {
      report(deps, container, exec, exit);
      container.execGone();
      void releaseEarly(deps, container, exec);
    });
  });
}

function initExited(deps: TaskDeps, container: Container, exit: Exit): void {
  if (container.ref.options.systemdCgroup) keepLastMetrics(container);
  recordExit(deps, container, exit);
  const finish = (): void => {
    report(deps, container, container.init, exit);
    endOomWatch(container);
    container.afterExit = runExitHooks(deps, container, exit);
    container.forgotten = forgetEarly(deps, container);
  };
  const isAlone = container.privatePidNamespace && container.liveExecs === 0 && container.init.state !== "paused";
  const tell = (): void => whenOutputIsTaken(container.init.io, finish);
  if (isAlone) tell();
  else void endOtherProcesses(deps, container).then(tell);
}

/** Init's end is told as every exit is, but it is owed: the hooks of `delete` tell it if this daemon dies before it has. */
async function runExitHooks(deps: TaskDeps, container: Container, exit: Exit): Promise<void> {
  await runOwed(deps, "exit", container, () => ({ execId: "", exit }));
  await runOwed(deps, "postStop", container, () => ({ exit }));
}

/** Before any client can ask: an exit that the journal holds is not lost with the daemon. */
function recordExit(deps: TaskDeps, container: Container, exit: Exit): void {
  container.journal = {
    ...container.journal,
    exit: { pid: exit.pid, exitStatus: exit.exitStatus, exitedAt: exit.exitedAt.toISOString() },
  };
  try {
    writeJournal(container.ref.bundle, container.journal);
    writeFileSync(join(container.ref.bundle, "exit"), String(exit.exitStatus), { mode: 0o600 });
  } catch (error) {
    deps.log.warn("exit is not in the journal", { id: container.ref.id, error });
  }
}

/**
 * Without a pid namespace of its own a container's processes outlive its init; execs may be about to report theirs.
 * Settles when no exec is left, or after a bound: a runtime that hangs must not hide the end of init.
 * @see https://github.com/containerd/containerd/blob/main/cmd/containerd-shim-runc-v2/task/service.go handleInitExit
 */
async function endOtherProcesses(deps: TaskDeps, container: Container): Promise<void> {
  await thaw(deps, container);
  if (!container.privatePidNamespace) {
    const signal = AbortSignal.timeout(killTimeoutMs);
    await container.runtime
      .kill(container.ref, { signal: 9, all: true }, signal)
      .catch((error: unknown) => deps.log.warn("failed to kill all processes", { id: container.ref.id, error }));
  }
  if (container.liveExecs === 0) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, execExitsTimeoutMs);
  container.onExecsGone = resolve;
  await promise;
  clearTimeout(timer);
}

/** Lack of memory comes before the end it caused. State next, so that a client woken by the event finds it; then waiters, then the event. */
function report(deps: TaskDeps, container: Container, process: Process, exit: Exit): void {
  if (process.state === "deleted") return;
  container.oomWatch?.check();
  process.stop(exit);
  // An exec that outlived its container: no event comes after that of the deletion.
  if (container.init.state === "deleted") return;
  deps.publisher.publish(
    taskExit({
      containerId: process.containerId,
      id: process.id,
      pid: exit.pid,
      exitStatus: exit.exitStatus,
      exitedAt: exit.exitedAt,
    }),
  );
  deps.log.info("process exited", {
    id: process.containerId,
    exec_id: process.execId,
    pid: exit.pid,
    status: exit.exitStatus,
  });
  if (process.execId !== "") tellHooks(deps, "exit", container, () => ({ execId: process.execId, exit }));
}
