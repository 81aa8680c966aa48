import type { cgroups1, cgroups2 } from "../../proto/gen/metrics.js";

/** What a container uses, as counted by its runtime. */
export interface Usage {
  /** CPU time since the container's start, in nanoseconds. */
  readonly cpuNs?: number | undefined;
  readonly memoryBytes?: number | undefined;
  readonly memoryLimitBytes?: number | undefined;
  /** Number of processes. */
  readonly pids?: number | undefined;
}

/** Returns the metrics with the values in `usage` in place of those of the cgroup. */
export function withUsageV1(metrics: cgroups1.Metrics.$Properties, usage: Usage): cgroups1.Metrics.$Properties {
  const { cpu = null, memory = null, pids = null } = metrics;
  const { cpuNs, memoryBytes, memoryLimitBytes } = usage;
  const own = { ...defined("usage", memoryBytes), ...defined("limit", memoryLimitBytes) };
  return {
    ...metrics,
    cpu: cpuNs === undefined ? cpu : { ...cpu, usage: { ...cpu?.usage, total: Math.round(cpuNs) } },
    memory: isEmpty(own) ? memory : { ...memory, usage: { ...memory?.usage, ...own } },
    pids: usage.pids === undefined ? pids : { ...pids, current: usage.pids },
  };
}

/** Like `withUsageV1`, for the message of version 2. */
export function withUsageV2(metrics: cgroups2.Metrics.$Properties, usage: Usage): cgroups2.Metrics.$Properties {
  const { cpu = null, memory = null, pids = null } = metrics;
  const { cpuNs, memoryBytes, memoryLimitBytes } = usage;
  const own = { ...defined("usage", memoryBytes), ...defined("usage_limit", memoryLimitBytes) };
  return {
    ...metrics,
    cpu: cpuNs === undefined ? cpu : { ...cpu, usage_usec: Math.round(cpuNs / 1_000) },
    memory: isEmpty(own) ? memory : { ...memory, ...own },
    pids: usage.pids === undefined ? pids : { ...pids, current: usage.pids },
  };
}

const defined = <Key extends string>(key: Key, value: number | undefined): { readonly [K in Key]?: number } =>
  value === undefined ? {} : ({ [key]: value } as { [K in Key]: number });

const isEmpty = (object: object): boolean => Object.keys(object).length === 0;
