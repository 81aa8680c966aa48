import { existsSync } from "node:fs";
import { cgroups1, cgroups2 } from "../../proto/gen/metrics.js";
import { type Cgroup, hasCgroup } from "../cgroup.ts";
import { readHugePageSizes } from "./huge-pages.ts";
import { readMetricsV1 } from "./metrics-v1.ts";
import { readMetricsV2 } from "./metrics-v2.ts";
import { readIfPresent } from "./stat-files.ts";
import { type Usage, withUsageV1, withUsageV2 } from "./usage.ts";

/** google.protobuf.Any of a metrics message. */
export interface Metrics {
  /** Full name of the message, without a prefix: clients compare it as it is. */
  readonly type_url: string;
  readonly value: Uint8Array;
}

/**
 * Reads the metrics of a cgroup as the message of its version. Undefined if the cgroup is gone, or is removed
 * meanwhile. Takes no lock and starts no process. Values in `usage` override those of the cgroup.
 */
export function readMetrics(cgroup: Cgroup, usage: Usage = {}): Metrics | undefined {
  if (!hasCgroup(cgroup)) return undefined;
  const metrics = read(cgroup, usage);
  return hasCgroup(cgroup) ? metrics : undefined;
}

/** Returns the metrics of a container without a cgroup, as the message of the host's cgroup version. */
export function toMetrics(usage: Usage): Metrics {
  return existsSync("/sys/fs/cgroup/cgroup.controllers")
    ? encodeV2(withUsageV2({}, usage))
    : encodeV1(withUsageV1({}, usage));
}

function read(cgroup: Cgroup, usage: Usage): Metrics {
  const pageSizes = readHugePageSizes();
  if (cgroup.version === 2) return encodeV2(withUsageV2(readMetricsV2(cgroup.dir, pageSizes), usage));
  const partitions = readIfPresent("/proc/partitions");
  return encodeV1(withUsageV1(readMetricsV1(cgroup.dirs, { pageSizes, partitions }), usage));
}

function encodeV1(metrics: cgroups1.Metrics.$Properties): Metrics {
  return { type_url: "io.containerd.cgroups.v1.Metrics", value: cgroups1.Metrics.encode(metrics).finish() };
}

function encodeV2(metrics: cgroups2.Metrics.$Properties): Metrics {
  return { type_url: "io.containerd.cgroups.v2.Metrics", value: cgroups2.Metrics.encode(metrics).finish() };
}
