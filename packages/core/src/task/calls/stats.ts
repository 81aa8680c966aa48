import { type Metrics, toMetrics } from "../../cgroups/metrics/metrics.ts";
import { notFound } from "../../errors/errors.ts";
import type { Call } from "../call.ts";
import { readOwnMetrics } from "../container/own-metrics.ts";
import { askRuntime } from "./ask-runtime.ts";

/**
 * Returns the metrics of a container, in every state: those of its cgroup, and what the runtime counts itself. If both
 * are gone already, it returns the last known metrics. If the runtime does not answer, only the cgroup counts. Takes no
 * lock.
 * @throws {StatusError} NotFound – the container has no cgroup; the text is containerd-shim-runc-v2's.
 */
export async function readStats(call: Call): Promise<Metrics> {
  const { container } = call;
  const usage = await askRuntime(call, container.runtime.stats, "the runtime does not tell what the container uses");
  const metrics = readOwnMetrics(container, usage) ?? (usage && toMetrics(usage)) ?? container.lastMetrics;
  if (metrics === undefined) throw notFound("cgroup does not exist: not found");
  container.measured(metrics);
  return metrics;
}
