import { type Metrics, readMetrics } from "../../cgroups/metrics/metrics.ts";
import type { Usage } from "../../cgroups/metrics/usage.ts";
import type { Container } from "./container.ts";

/** The metrics of a container's cgroup, with what the runtime counts. Undefined: the container has no cgroup to itself. */
export function readOwnMetrics({ cgroup, sandbox }: Container, usage?: Usage): Metrics | undefined {
  return cgroup === undefined || sandbox === "shared" ? undefined : readMetrics(cgroup, usage);
}

/**
 * Reads the metrics once more, for clients that ask after the end: the runtime's delete takes the cgroup away, and systemd does so with
 * the last process.
 */
export function keepLastMetrics(container: Container): void {
  container.lastMetrics = readOwnMetrics(container) ?? container.lastMetrics;
}
