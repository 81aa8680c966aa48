import { cgroups1, cgroups2 } from "../../proto/gen/metrics.js";
import { type Cgroup, hasCgroup } from "../cgroup.ts";
import { readHugePageSizes } from "./huge-pages.ts";
import { readMetricsV1 } from "./metrics-v1.ts";
import { readMetricsV2 } from "./metrics-v2.ts";
import { readIfPresent } from "./stat-files.ts";

/** google.protobuf.Any of a metrics message. */
export interface Metrics {
  /** Full name of the message, without a prefix: clients compare it as it is. */
  readonly type_url: string;
  readonly value: Uint8Array;
}

/** Reads the metrics of a cgroup as the message of its version; undefined if it is gone, or goes meanwhile. Takes no lock and starts nothing. */
export function readMetrics(cgroup: Cgroup): Metrics | undefined {
  if (!hasCgroup(cgroup)) return undefined;
  const metrics = read(cgroup);
  return hasCgroup(cgroup) ? metrics : undefined;
}

function read(cgroup: Cgroup): Metrics {
  const pageSizes = readHugePageSizes();
  if (cgroup.version === 2) {
    const value = cgroups2.Metrics.encode(readMetricsV2(cgroup.dir, pageSizes)).finish();
    return { type_url: "io.containerd.cgroups.v2.Metrics", value };
  }
  const partitions = readIfPresent("/proc/partitions");
  const value = cgroups1.Metrics.encode(readMetricsV1(cgroup.dirs, { pageSizes, partitions })).finish();
  return { type_url: "io.containerd.cgroups.v1.Metrics", value };
}
