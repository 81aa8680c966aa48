import { Code, StatusError } from "@dunnage/core";
import { isRunning, wire } from "@dunnage/core/client";
import type { Container } from "./container.ts";
import { toDate } from "./timestamp.ts";

/**
 * `creating`: somebody is at it. `exited`: over; its output is there until it is removed. `lost`: its daemon is gone, or
 * whoever was to make it; processes may be left. `unknown`: its daemon does not answer.
 */
export type Condition = "creating" | "created" | "running" | "paused" | "exited" | "lost" | "unknown";

/** A daemon answers this call whatever it is busy with. */
const stateTimeoutMs = 5_000;

/** How a container is at the moment. */
export interface ContainerStatus {
  readonly condition: Condition;
  /** Of init; 0: none, or it is over. */
  readonly pid: number;
  /** Once it is over, and wherever it was written down before the container was lost. */
  readonly exit?: { readonly status: number; readonly exitedAt: string } | undefined;
}

const conditions: Readonly<Record<number, Condition>> = {
  [wire.Status.CREATED]: "created",
  [wire.Status.RUNNING]: "running",
  [wire.Status.STOPPED]: "exited",
  [wire.Status.PAUSED]: "paused",
  [wire.Status.PAUSING]: "paused",
};

/** Asks the container's daemon, or concludes from its directory when that has none or does not know it. */
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
