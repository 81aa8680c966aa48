import { type Metrics, readMetrics } from "../cgroups/metrics/metrics.ts";
import { notFound } from "../errors/errors.ts";
import type { Container } from "./container.ts";

/**
 * Returns the metrics of a container's cgroup, in every state of it; the last ones known when the cgroup is gone already.
 * No lock and no runtime has a part in it.
 * @throws {StatusError} NotFound – the container has no cgroup; the text is containerd-shim-runc-v2's.
 */
export function readStats(container: Container): Metrics {
  const { cgroup, lastMetrics } = container;
  const metrics = (cgroup && readMetrics(cgroup)) ?? lastMetrics;
  if (metrics === undefined) throw notFound("cgroup does not exist: not found");
  container.lastMetrics = metrics;
  return metrics;
}

/**
 * Reads the metrics once more, for clients that ask after the end: the runtime's delete takes the cgroup away, and systemd does so with
 * the last process.
 */
export function keepLastMetrics(container: Container): void {
  const { cgroup } = container;
  if (cgroup === undefined) return;
  container.lastMetrics = readMetrics(cgroup) ?? container.lastMetrics;
}
