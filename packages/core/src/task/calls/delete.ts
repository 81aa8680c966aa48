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
import type { Slot } from "../container/container-table.ts";
import { orAborted } from "../container/or-aborted.ts";
import type { Process } from "../container/process.ts";
import { isCreated } from "../container/process-state.ts";
import type { TaskDeps } from "../deps.ts";
import { ensureForgotten } from "../ending/forget-early.ts";
import { endOomWatch } from "../ending/oom.ts";
import { runOwed } from "../ending/owed-hooks.ts";
import { releaseIo } from "../ending/release-io.ts";

/** File in the bundle with the answer to Delete, which the launcher prints. */
export const deletedName = "dunnage.deleted";
/** How long the exit of a created init may take after the runtime's delete has killed it. */
const killedExitTimeoutMs = 2_000;

/** Removes an exec that has ended or was never started. No event reports this. */
export function deleteExec(
  deps: TaskDeps,
  container: Container,
  exec: Process,
): Promise<wire.DeleteResponse.$Properties> {
  return exec.lock.run(async () => {
    requireOver(exec);
    await releaseExec(deps, container, exec);
    container.execDeleted(exec.execId);
    return toResponse(exec);
  });
}

/**
 * Removes a container that has ended or was never started, and everything that the runtime and the bundle hold of it.
 * Each step may be repeated: after a failure, the client's next Delete continues where this one stopped. The slot is
 * released before the event is published.
 */
export function deleteInit(call: Call, slot: Slot): Promise<wire.DeleteResponse.$Properties> {
  const { deps, container, signal } = call;
  const { init, ref } = container;
  return init.lock.run(async () => {
    requireOver(init);
    await container.ending.afterExit;
    await runOwed(call, "preDelete", () => ({ exit: init.exit }));
    endOomWatch(container);
    await ensureForgotten(container, signal);
    await awaitExit(deps, init);
    // The exit that our delete caused has started another delete. It must not reach the next container of this id.
    await orAborted(container.ending.forgetting, signal);
    if (init.startStdio === undefined) await releaseIo(deps, init);
    else init.io?.close(); // never handed over, so no output will come
    await unmountRootfs(join(ref.bundle, "rootfs"), deps, signal);
    init.deleted();
    if (init.outcome === undefined) init.abandoned();
    releaseExecs(deps, container);
    const response = toResponse(init);
    // Before the answer is saved: from then on `delete` no longer looks for pending hooks.
    await runOwed(call, "postDelete", () => ({ exit: init.exit }));
    saveResponse(deps, container, response);
    slot.release();
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

/** Marks an exec as deleted. A running exec keeps its waiters, because its exit will release them. */
function retire(exec: Process): void {
  if (exec.state === "running" || exec.state === "deleted") return;
  exec.abandoned();
  exec.deleted();
}

/**
 * Releases the execs that no client has deleted, so that they do not hold resources for the daemon's lifetime. Delete
 * does not wait for this, because a Start that is in progress may hang. Their files are removed at once, because the
 * bundle may belong to another container later.
 */
function releaseExecs(deps: TaskDeps, container: Container): void {
  for (const exec of container.execs) {
    const fields = { id: container.ref.id, exec_id: exec.execId };
    const note = { log: deps.log, message: "exec not released", fields };
    attempt(note, () => removeExecFiles(container.ref.bundle, exec.execId));
    void exec.lock.run(() => releaseExec(deps, container, exec)).catch((error: unknown) => logFailure(note, error));
    container.execDeleted(exec.execId);
  }
}

/**
 * Forgets an ended container whose bundle now belongs to another container: the client that created the new one has
 * already cleaned up the old one. Nothing outside of this daemon that bears its id is touched. The runtime's delete and
 * the hooks that its exit started finish before another container may have its id and its bundle. If `signal` aborts
 * earlier, the container is kept.
 */
export function dropInit({ deps, container, signal }: Call, slot: Slot): Promise<void> {
  const { init } = container;
  return init.lock.run(async () => {
    requireOver(init);
    await orAborted(container.ending.afterExit, signal);
    await orAborted(container.ending.forgetting, signal);
    endOomWatch(container);
    init.io?.close();
    for (const exec of container.execs) {
      exec.io?.close();
      retire(exec);
      container.execDeleted(exec.execId);
    }
    init.deleted();
    slot.release();
    container.commands[Symbol.dispose]();
    publishDelete(deps, init);
  });
}

/**
 * The texts are containerd-shim-runc-v2's.
 * @see https://github.com/containerd/containerd/blob/main/cmd/containerd-shim-runc-v2/process/init_state.go
 */
function requireOver(process: Process): void {
  if (isCreated(process.state) || process.state === "stopped") return;
  throw unknown(`cannot delete a ${process.state} process`);
}

/**
 * Waits for the exit of a created init, which the runtime's delete has killed. The exit must be reported before the
 * container's deletion.
 */
async function awaitExit(deps: TaskDeps, init: Process): Promise<void> {
  if (init.state === "stopped") return;
  if (init.state === "createdCheckpoint") return init.abandoned(); // no process exists
  await init
    .wait(AbortSignal.timeout(killedExitTimeoutMs))
    .catch(() => deps.log.warn("no exit of a deleted container", { id: init.containerId, pid: init.pid }));
}

/**
 * Writes the response to the bundle, as octal escapes of printf(1). The launcher's `delete` prints it without starting
 * Node.
 */
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
