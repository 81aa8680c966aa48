import { wire } from "../../proto/gen/wire.js";

/**
 * State of an init or exec process. Only an init process enters `pausing` and `paused`; its execs report them too. An
 * init in `createdCheckpoint` has no process yet: Start restores it from a checkpoint's image.
 * @see https://github.com/containerd/containerd/blob/main/cmd/containerd-shim-runc-v2/process/init_state.go
 * createdCheckpointState
 */
export type ProcessState = "created" | "createdCheckpoint" | "running" | "pausing" | "paused" | "stopped" | "deleted";

const next: Readonly<Record<ProcessState, readonly ProcessState[]>> = {
  created: ["running", "stopped", "deleted"],
  createdCheckpoint: ["created", "deleted"],
  running: ["pausing", "stopped"],
  pausing: ["paused", "running", "stopped"],
  paused: ["running", "stopped"],
  stopped: ["deleted"],
  deleted: [],
};

/** Returns whether a process may go from one state to the other. */
export const isLegalMove = (from: ProcessState, to: ProcessState): boolean => next[from].includes(to);

const status: Readonly<Record<ProcessState, wire.Status>> = {
  created: wire.Status.CREATED,
  createdCheckpoint: wire.Status.CREATED,
  running: wire.Status.RUNNING,
  pausing: wire.Status.PAUSING,
  paused: wire.Status.PAUSED,
  stopped: wire.Status.STOPPED,
  deleted: wire.Status.UNKNOWN,
};

/** Whether the process's start has not succeeded yet. Clients see both states as `created`. */
export const isCreated = (state: ProcessState): boolean => state === "created" || state === "createdCheckpoint";

/** Converts to `containerd.v1.types.Status`. */
export const toStatus = (state: ProcessState): wire.Status => status[state];
