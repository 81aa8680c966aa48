import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { unknown } from "../../errors/errors.ts";
import { taskDelete } from "../../events/task-events.ts";
import { attempt, logFailure } from "../../log/attempt.ts";
import { unmountRootfs } from "../../mount/rootfs.ts";
import { removeExecFiles } from "../../oci/pid-file.ts";
import { wire } from "../../proto/gen/wire.js";
import { toTimestamp } from "../../proto/timestamp.ts";
import type { Call } from "../call.ts";
import type { Container } from "../container/container.ts";
import type { Process } from "../container/process.ts";
import type { TaskDeps } from "../deps.ts";
import { ensureForgotten, orAborted } from "../ending/forget.ts";
import { endOomWatch } from "../ending/oom.ts";
import { runOwed } from "../ending/owed-hooks.ts";
import { releaseIo } from "../ending/release-io.ts";

/** File in the bundle with the answer to Delete, which the launcher prints. */
export const deletedName = "dunnage.deleted";
/** How long the exit of a created init may take after the runtime's delete has killed it. */
const killedExitTimeoutMs = 2_000;

/** Removes an exec that is over or was never started. No event tells of it. */
export function deleteExec(
  deps: TaskDeps,
  container: Container,
  exec: Process,
): Promise<wire.DeleteResponse.$Properties> {
  return exec.lock.run(async () => {
    requireOver(exec);
    await releaseExec(deps, container, exec);
    container.execs.delete(exec.execId);
    return toResponse(exec);
  });
}

/**
 * Removes a container that is over or was never started, and all that the runtime and the bundle hold of it.
 * Each step may be repeated: after a failure the client's next Delete goes on where this one stopped.
 * `unregister` takes it out of the daemon's map before the event is out.
 */
export function deleteInit(call: Call, unregister: () => void): Promise<wire.DeleteResponse.$Properties> {
  const { deps, container, signal } = call;
  const { init, ref } = container;
  return init.lock.run(async () => {
    requireOver(init);
    await container.afterExit;
    await runOwed(call, "preDelete", () => ({ exit: container.journal.exit }));
    endOomWatch(container);
    await ensureForgotten(container, signal);
    await awaitExit(deps, init);
    await orAborted(container.forgotten, signal); // begun by the exit that our delete caused: it must not meet the next container of this id
    if (container.startStdio === undefined) await releaseIo(deps, init);
    else init.io?.close(); // never handed over: nothing is to come
    await unmountRootfs(join(ref.bundle, "rootfs"), deps, signal);
    init.move("deleted");
    if (init.outcome === undefined) init.abandon();
    releaseExecs(deps, container);
    const response = toResponse(init);
    // Before the answer is saved: from then on nobody looks for hooks that are owed.
    await runOwed(call, "postDelete", () => ({ exit: container.journal.exit }));
    saveResponse(deps, container, response);
    unregister();
    container.commands[Symbol.dispose]();
    publishDelete(deps, init);
    return response;
  });
}

async function releaseExec(deps: TaskDeps, container: Container, exec: Process): Promise<void> {
  if (exec.state === "deleted") return;
  await releaseIo(deps, exec);
  if (container.init.state !== "deleted") removeExecFiles(container.ref.bundle, exec.execId);
  retire(exec);
}

/** One that still runs keeps its waiters: its exit is theirs. */
function retire(exec: Process): void {
  if (exec.state === "running" || exec.state === "deleted") return;
  exec.abandon();
  exec.move("deleted");
}

/**
 * What execs hold that no client has deleted goes with the container: it must not stay for the life of the daemon. Delete does not
 * wait for it, as a Start that is in progress may hang. Their files are removed at once: the bundle may be another container's later.
 */
function releaseExecs(deps: TaskDeps, container: Container): void {
  for (const exec of container.execs.values()) {
    const fields = { id: container.ref.id, exec_id: exec.execId };
    const note = { log: deps.log, message: "exec not released", fields };
    attempt(note, () => removeExecFiles(container.ref.bundle, exec.execId));
    void exec.lock.run(() => releaseExec(deps, container, exec)).catch((error: unknown) => logFailure(note, error));
  }
  container.execs.clear();
}

/**
 * Forgets a container that is over and whose bundle is another container's by now: whoever made that one has cleaned up for this one.
 * What bears its id outside of this daemon is not touched. The runtime's delete and the hooks that its exit has begun end before
 * another container may have its id and its bundle; where `signal` aborts earlier the container is kept.
 */
export function dropInit({ deps, container, signal }: Call, unregister: () => void): Promise<void> {
  const { init } = container;
  return init.lock.run(async () => {
    requireOver(init);
    await orAborted(container.afterExit, signal);
    await orAborted(container.forgotten, signal);
    endOomWatch(container);
    init.io?.close();
    for (const exec of container.execs.values()) {
      exec.io?.close();
      retire(exec);
    }
    container.execs.clear();
    init.move("deleted");
    unregister();
    container.commands[Symbol.dispose]();
    publishDelete(deps, init);
  });
}

/** The texts are containerd-shim-runc-v2's. @see https://github.com/containerd/containerd/blob/main/cmd/containerd-shim-runc-v2/process/init_state.go */
function requireOver(process: Process): void {
  if (process.state === "created" || process.state === "stopped") return;
  throw unknown(`cannot delete a ${process.state} process`);
}

/** The runtime's delete ends a created init; its exit is to be reported before the container's deletion. */
async function awaitExit(deps: TaskDeps, init: Process): Promise<void> {
  if (init.state === "stopped") return;
  if (init.pid === 0) return init.abandon(); // to be restored: it never was
  await init
    .wait(AbortSignal.timeout(killedExitTimeoutMs))
    .catch(() => deps.log.warn("no exit of a deleted container", { id: init.containerId, pid: init.pid }));
}

/** What the launcher's `delete` prints without starting Node: the response as octal escapes of printf(1). */
function saveResponse(deps: TaskDeps, container: Container, response: wire.DeleteResponse.$Properties): void {
  const escaped = Array.from(
    wire.DeleteResponse.encode(response).finish(),
    (byte) => `\\${byte.toString(8).padStart(3, "0")}`,
  );
  try {
    writeFileSync(join(container.ref.bundle, deletedName), `${escaped.join("")}\n`, { mode: 0o600 });
  } catch (error) {
    deps.log.warn("delete response is not in the bundle", { id: container.ref.id, error });
  }
}

function toResponse(process: Process): wire.DeleteResponse.$Properties {
  const { pid, outcome } = process;
  return { pid, exit_status: outcome?.exitStatus ?? 0, exited_at: toTimestamp(outcome?.exitedAt) };
}

function publishDelete(deps: TaskDeps, init: Process): void {
  const { containerId, pid, outcome } = init;
  deps.publisher.publish(
    taskDelete({ containerId, pid, exitStatus: outcome?.exitStatus ?? 0, exitedAt: outcome?.exitedAt }),
  );
  deps.log.info("container deleted", { id: containerId });
}
