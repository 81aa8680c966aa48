import { type Metrics, toMetrics } from "../../cgroups/metrics/metrics.ts";
import type { Usage } from "../../cgroups/metrics/usage.ts";
import { notFound } from "../../errors/errors.ts";
import { Deadline } from "../../reaper/deadline.ts";
import type { Container } from "../container/container.ts";
import { readOwnMetrics } from "../container/own-metrics.ts";
import type { TaskDeps } from "../deps.ts";

/** How long a runtime may take to count; the cgroup alone is the answer then. */
const usageTimeoutMs = 2_000;

/**
 * Returns the metrics of a container: those of its cgroup, in every state of it, and what the runtime counts itself; the last ones
 * known when both are gone already. Takes no lock.
 * @throws {StatusError} NotFound – the container has no cgroup; the text is containerd-shim-runc-v2's.
 */
export async function readStats(deps: TaskDeps, container: Container, signal: AbortSignal): Promise<Metrics> {
  const usage = await readUsage(deps, container, signal);
  const metrics = readOwnMetrics(container, usage) ?? (usage && toMetrics(usage)) ?? container.lastMetrics;
  if (metrics === undefined) throw notFound("cgroup does not exist: not found");
  container.lastMetrics = metrics;
  return metrics;
}

async function readUsage(deps: TaskDeps, container: Container, signal: AbortSignal): Promise<Usage | undefined> {
  const { runtime, ref, init } = container;
  if (runtime.stats === undefined || init.isGone) return undefined;
  using deadline = new Deadline(usageTimeoutMs, signal);
  try {
    return await runtime.stats(ref, deadline.signal);
  } catch (error) {
    signal.throwIfAborted();
    deps.log.warn("the runtime does not tell what the container uses", { id: ref.id, error });
    return undefined;
  }
}
