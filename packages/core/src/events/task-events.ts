import { wire } from "../proto/gen/wire.js";
import { toTimestamp } from "../proto/timestamp.ts";
import type { TaskEvent } from "./publisher.ts";

/** Fields of TaskCreate: the parts of the Create request that containerd's subscribers use. */
export interface TaskCreateFields {
  readonly containerId: string;
  readonly bundle: string;
  readonly rootfs: readonly wire.Mount.$Properties[];
  readonly io: { readonly stdin: string; readonly stdout: string; readonly stderr: string; readonly terminal: boolean };
  /** Path of the image that the task was restored from; empty for a new one. */
  readonly checkpoint: string;
  readonly pid: number;
}

/** Fields of TaskExit and TaskDelete. */
export interface TaskEndFields {
  readonly containerId: string;
  readonly pid: number;
  /** 0–255; 128 + signal number for a process that a signal ended. */
  readonly exitStatus: number;
  /** Undefined if it never ran; on the wire that is Go's zero time. */
  readonly exitedAt: Date | undefined;
}

/**
 * Builds `/tasks/create`.
 * @see https://github.com/containerd/containerd/blob/main/api/events/task.proto for this and the other events
 */
export function taskCreate({ containerId, bundle, rootfs, io, checkpoint, pid }: TaskCreateFields): TaskEvent {
  const value = wire.TaskCreate.encode({ container_id: containerId, bundle, rootfs: [...rootfs], io, checkpoint, pid });
  return { containerId, topic: "/tasks/create", typeUrl: "containerd.events.TaskCreate", value: value.finish() };
}

/** Builds `/tasks/start`: the init process runs the user's program. */
export function taskStart({ containerId, pid }: { readonly containerId: string; readonly pid: number }): TaskEvent {
  const value = wire.TaskStart.encode({ container_id: containerId, pid });
  return { containerId, topic: "/tasks/start", typeUrl: "containerd.events.TaskStart", value: value.finish() };
}

/**
 * Builds `/tasks/exit`. `id` is the container's id for the init process and the exec id for any other: CRI and Docker
 * distinguish them by it.
 */
export function taskExit({ containerId, id, ...end }: TaskEndFields & { readonly id: string }): TaskEvent {
  const value = wire.TaskExit.encode({
    container_id: containerId,
    id,
    pid: end.pid,
    exit_status: end.exitStatus,
    exited_at: toTimestamp(end.exitedAt),
  });
  return { containerId, topic: "/tasks/exit", typeUrl: "containerd.events.TaskExit", value: value.finish() };
}

/** Builds `/tasks/delete`, of the init process. containerd-shim-runc-v2 leaves the field `id` empty, and so do we. */
export function taskDelete({ containerId, pid, exitStatus, exitedAt }: TaskEndFields): TaskEvent {
  const value = wire.TaskDelete.encode({
    container_id: containerId,
    pid,
    exit_status: exitStatus,
    exited_at: toTimestamp(exitedAt),
  });
  return { containerId, topic: "/tasks/delete", typeUrl: "containerd.events.TaskDelete", value: value.finish() };
}

/** Builds `/tasks/exec-added`: an exec is known, but does not run yet. */
export function taskExecAdded({ containerId, execId }: ExecFields): TaskEvent {
  const value = wire.TaskExecAdded.encode({ container_id: containerId, exec_id: execId });
  return { containerId, topic: "/tasks/exec-added", typeUrl: "containerd.events.TaskExecAdded", value: value.finish() };
}

/** Builds `/tasks/exec-started`. */
export function taskExecStarted({ containerId, execId, pid }: ExecFields & { readonly pid: number }): TaskEvent {
  const value = wire.TaskExecStarted.encode({ container_id: containerId, exec_id: execId, pid });
  return {
    containerId,
    topic: "/tasks/exec-started",
    typeUrl: "containerd.events.TaskExecStarted",
    value: value.finish(),
  };
}

/** Builds `/tasks/paused`. */
export function taskPaused(containerId: string): TaskEvent {
  const value = wire.TaskPaused.encode({ container_id: containerId });
  return { containerId, topic: "/tasks/paused", typeUrl: "containerd.events.TaskPaused", value: value.finish() };
}

/** Builds `/tasks/resumed`. */
export function taskResumed(containerId: string): TaskEvent {
  const value = wire.TaskResumed.encode({ container_id: containerId });
  return { containerId, topic: "/tasks/resumed", typeUrl: "containerd.events.TaskResumed", value: value.finish() };
}

/** Builds `/tasks/checkpointed`. `checkpoint`: path of the image. containerd's own shim sends none. */
export function taskCheckpointed({ containerId, checkpoint }: TaskCheckpointedFields): TaskEvent {
  const value = wire.TaskCheckpointed.encode({ container_id: containerId, checkpoint });
  return {
    containerId,
    topic: "/tasks/checkpointed",
    typeUrl: "containerd.events.TaskCheckpointed",
    value: value.finish(),
  };
}

/** Builds `/tasks/oom`: the kernel has OOM-killed a process of the container. */
export function taskOom(containerId: string): TaskEvent {
  const value = wire.TaskOOM.encode({ container_id: containerId });
  return { containerId, topic: "/tasks/oom", typeUrl: "containerd.events.TaskOOM", value: value.finish() };
}

interface ExecFields {
  readonly containerId: string;
  readonly execId: string;
}

interface TaskCheckpointedFields {
  readonly containerId: string;
  readonly checkpoint: string;
}
