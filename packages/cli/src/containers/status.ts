import { Code, StatusError } from "@dunnage/core";
import { isRunning, wire } from "@dunnage/core/client";
import type { Container } from "./container.ts";
import { toDate } from "./timestamp.ts";

/**
 * The condition of a container. `creating`: a process is creating it. `exited`: it has ended; its output stays until it
 * is removed. `lost`: its daemon is gone, or the process that was creating it; processes may be left. `unknown`: its
 * daemon does not answer.
 */
export type Condition = "creating" | "created" | "running" | "paused" | "exited" | "lost" | "unknown";

/** A daemon answers State even if it is busy with other calls. */
const stateTimeoutMs = 5_000;

/** The current status of a container. */
export interface ContainerStatus {
  readonly condition: Condition;
  /** Pid of init; 0: there is none, or it has ended. */
  readonly pid: number;
  /** Set once the container has ended, and for a lost container if the exit was recorded before. */
  readonly exit?: { readonly status: number; readonly exitedAt: string } | undefined;
}

const conditions: Readonly<Record<number, Condition>> = {
  [wire.Status.CREATED]: "created",
  [wire.Status.RUNNING]: "running",
  [wire.Status.STOPPED]: "exited",
  [wire.Status.PAUSED]: "paused",
  [wire.Status.PAUSING]: "paused",
};

/**
 * Returns the status of a container. It asks the container's daemon. If there is none, or the daemon does not know the
 * container, it concludes the status from the container's directory.
 */
export async function readStatus(container: Container): Promise<ContainerStatus> {
  const { exit } = container.record;
  if (exit !== undefined) return { condition: "exited", pid: 0, exit };
  using client = await container.connect();
  try {
    const state = await client?.state({ id: container.id }, { timeoutMs: stateTimeoutMs });
    if (state !== undefined) return fromState(state);
  } catch (error) {
    if (!StatusError.is(error)) throw error;
    if (error.code === Code.DeadlineExceeded) return { condition: "unknown", pid: container.record.init?.pid ?? 0 };
    if (error.code !== Code.NotFound && error.code !== Code.Unavailable) throw error;
  }
  return withoutDaemon(container);
}

function fromState({ status, pid, exit_status, exited_at }: wire.StateResponse): ContainerStatus {
  const condition = conditions[status] ?? "lost";
  if (condition !== "exited") return { condition, pid };
  return { condition, pid: 0, exit: { status: exit_status, exitedAt: toDate(exited_at).toISOString() } };
}

function withoutDaemon(container: Container): ContainerStatus {
  const { starter, init } = container.record;
  if (init === undefined && isRunning(starter)) return { condition: "creating", pid: 0 };
  const exit = container.exitFromFile();
  return { condition: "lost", pid: init !== undefined && isRunning(init) ? init.pid : 0, exit };
}
