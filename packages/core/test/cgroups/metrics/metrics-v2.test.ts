import test from "ava";
import { readMetricsV2 } from "../../../src/cgroups/metrics/metrics-v2.ts";
import { cgroups2 } from "../../../src/proto/gen/metrics.js";
import { decodeMetrics, type MessageFields } from "../../../src/testing/containerd/decode-metrics.ts";
import { type Files, v2Files, v2MemoryKeys, writeFiles } from "../../_support/cgroup-files.ts";
import { TempDir } from "../../_support/temp-dir.ts";

const max = "18446744073709551615";

/** Returns the metrics as a client decodes them. */
function metricsOf(files: Files): MessageFields {
  using dir = new TempDir();
  writeFiles(dir.path, files);
  const value = cgroups2.Metrics.encode(readMetricsV2(dir.path, ["2MB"])).finish();
  return decodeMetrics({ type_url: "io.containerd.cgroups.v2.Metrics", value });
}
const psi = (total: string) => ({ some: { avg10: 1.5, avg60: 0.25, total }, full: { avg300: 12.75, total: max } });

test("readMetricsV2 – every file – all but memory", (t) => {
  const { memory: _, ...rest } = metricsOf(v2Files);
  t.deepEqual(rest, {
    pids: { current: "3", limit: max },
    cpu: {
      usage_usec: "1",
      user_usec: "2",
      system_usec: "3",
      nr_periods: "4",
      nr_throttled: "5",
      throttled_usec: "6",
      nr_bursts: "7",
      burst_usec: "8",
      psi: psi("71"),
    },
    rdma: {
      current: [
        { device: "mlx4_0", hca_handles: 2, hca_objects: 20 },
        { device: "ocrdma1", hca_handles: 3, hca_objects: 30 },
      ],
      limit: [
        { device: "mlx4_0", hca_handles: 4294967295, hca_objects: 20000 },
        { device: "ocrdma1", hca_handles: 1, hca_objects: 4294967295 },
      ],
    },
    io: {
      usage: [
        { major: "254", rbytes: "1", wbytes: "2", rios: "3", wios: "4" },
        { major: "7" },
        { major: "8", minor: "16", rbytes: max, rios: "1" },
      ],
      psi: psi("73"),
    },
    hugetlb: [{ current: "2097152", max, pagesize: "2MB", failcnt: "9" }],
    memory_events: { low: "1", high: "2", max: "3", oom: "4", oom_kill: "5", oom_group_kill: "6" },
  });
});

test("readMetricsV2 – every file – memory", (t) => {
  t.deepEqual(metricsOf(v2Files)["memory"], {
    ...Object.fromEntries(v2MemoryKeys.map((key, index) => [key, String(301 + index)])),
    usage: "9007199254740993",
    usage_limit: max,
    max_usage: "401",
    swap_usage: "402",
    swap_limit: max,
    swap_max_usage: "403",
    psi: psi("72"),
  });
});

test("readMetricsV2 – zeros and absent messages, no error – files are missing", (t) => {
  t.deepEqual(metricsOf({}), { pids: {}, cpu: {}, memory: {}, rdma: {}, io: {}, hugetlb: [{ pagesize: "2MB" }] });
});
