import { type Metrics, readMetrics } from "../../cgroups/metrics/metrics.ts";
import type { Usage } from "../../cgroups/metrics/usage.ts";
import type { Container } from "./container.ts";

/**
 * Returns the metrics of a container's cgroup, together with what the runtime counts; undefined if the container has no
 * cgroup of its own.
 */
export function readOwnMetrics({ cgroup, sandbox }: Container, usage?: Usage): Metrics | undefined {
  return cgroup === undefined || sandbox === "shared" ? undefined : readMetrics(cgroup, usage);
}

/**
 * Reads the metrics once more, for clients that ask after the end. The runtime's delete removes the cgroup, and systemd
 * removes it when the last process exits.
 */
export function keepLastMetrics(container: Container): void {
  const metrics = readOwnMetrics(container);
  if (metrics !== undefined) container.measured(metrics);
}
