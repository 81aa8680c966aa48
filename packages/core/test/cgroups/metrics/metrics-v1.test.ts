import test from "ava";
import { type HostFacts, readMetricsV1 } from "../../../src/cgroups/metrics/metrics-v1.ts";
import { cgroups1 } from "../../../src/proto/gen/metrics.js";
import { decodeMetrics, type MessageFields } from "../../../src/testing/containerd/decode-metrics.ts";
import { type Files, v1Files, writeFiles } from "../../_support/cgroup-files.ts";
import { TempDir } from "../../_support/temp-dir.ts";

const host: HostFacts = {
  pageSizes: ["2MB", "1GB"],
  partitions: "major minor  #blocks  name\n\n 254        0  268435456 vda\n 254        0  268435456 again\n",
};
const controllers = ["pids", "cpu", "cpuacct", "memory", "hugetlb", "rdma", "blkio"];

/** Returns the metrics as a client decodes them. */
function metricsOf(files: Files, present: readonly string[] = controllers): MessageFields {
  using dir = new TempDir();
  writeFiles(dir.path, files);
  const dirs = Object.fromEntries(present.map((controller) => [controller, dir.join(controller)]));
  const value = cgroups1.Metrics.encode(readMetricsV1(dirs, host)).finish();
  return decodeMetrics({ type_url: "io.containerd.cgroups.v1.Metrics", value });
}
const without = (files: Files, pattern: RegExp): Files =>
  Object.fromEntries(Object.entries(files).filter(([path]) => !pattern.test(path)));

test("readMetricsV1 – small controllers – every file", (t) => {
  const { pids, cpu, hugetlb, rdma, memory_oom_control } = metricsOf(v1Files);
  t.deepEqual(pids, { current: "3" }, "no limit is 0");
  t.deepEqual(cpu, {
    usage: {
      total: "1234567890",
      user: "70000000",
      kernel: "10000000000000000000",
      per_cpu: ["500", "18446744073709551615"],
    },
    throttling: { periods: "41", throttled_periods: "42", throttled_time: "43" },
  });
  t.deepEqual(hugetlb, [{ usage: "2097152", max: "4194304", failcnt: "6", pagesize: "2MB" }]);
  t.deepEqual(rdma, {
    current: [{ device: "mlx4_0", hca_handles: 2, hca_objects: 20 }],
    limit: [{ device: "mlx4_0", hca_handles: 4294967295, hca_objects: 20000 }],
  });
  t.deepEqual(memory_oom_control, { oom_kill_disable: "1", oom_kill: "5" });
});

test("readMetricsV1 – memory – every file", (t) => {
  const entry = (digit: number) => ({
    limit: "9223372036854771712",
    usage: `${digit}01`,
    max: `${digit}02`,
    failcnt: `${digit}03`,
  });
  t.deepEqual(metricsOf(v1Files)["memory"], {
    cache: "101",
    rss: "102",
    rss_huge: "103",
    mapped_file: "105",
    dirty: "106",
    writeback: "107",
    pg_pg_in: "110",
    pg_pg_out: "111",
    pg_fault: "112",
    pg_maj_fault: "113",
    inactive_anon: "114",
    active_anon: "115",
    inactive_file: "116",
    active_file: "117",
    unevictable: "118",
    hierarchical_memory_limit: "9223372036854771712",
    hierarchical_swap_limit: "18446744073709551615",
    total_cache: "201",
    total_rss: "202",
    total_rss_huge: "203",
    total_mapped_file: "205",
    total_dirty: "206",
    total_writeback: "207",
    total_pg_pg_in: "210",
    total_pg_pg_out: "211",
    total_pg_fault: "212",
    total_pg_maj_fault: "213",
    total_inactive_anon: "214",
    total_active_anon: "215",
    total_inactive_file: "216",
    total_active_file: "217",
    total_unevictable: "218",
    usage: entry(1),
    swap: entry(2),
    kernel: entry(3),
    kernel_tcp: entry(4),
  });
});

test("readMetricsV1 – block I/O – of the throttling layer, with the names of devices that have one", (t) => {
  const device = { device: "/dev/vda", major: "254" };
  t.deepEqual(metricsOf(v1Files)["blkio"], {
    io_serviced_recursive: [
      { op: "Read", ...device, value: "11" },
      { op: "Write", ...device, value: "12" },
      { op: "Read", major: "7", minor: "3", value: "13" },
    ],
    io_service_bytes_recursive: [{ op: "Read", ...device, value: "4096" }],
  });
});

test("readMetricsV1 – block I/O – of the scheduler where it accounts", (t) => {
  const scheduler = {
    "blkio/blkio.io_serviced_recursive": "254:0 Sync 21\nTotal 21\n",
    "blkio/blkio.time_recursive": "254:0 18446744073709551615\n",
    "blkio/blkio.sectors_recursive": "254:0 8\n",
  };
  const device = { device: "/dev/vda", major: "254" };
  t.deepEqual(metricsOf({ ...v1Files, ...scheduler })["blkio"], {
    io_serviced_recursive: [{ op: "Sync", ...device, value: "21" }],
    io_time_recursive: [{ ...device, value: "18446744073709551615" }],
    sectors_recursive: [{ ...device, value: "8" }],
  });
  const idle = { "blkio/blkio.io_serviced_recursive": "Total 0\n" };
  t.deepEqual(metricsOf({ ...v1Files, ...idle })["blkio"], metricsOf(v1Files)["blkio"]);
});

test("readMetricsV1 – zeros, no error – files are missing", (t) => {
  const { memory, cpu } = metricsOf(without(v1Files, /memsw|cpuacct\.stat/));
  t.like(memory, { swap: {}, kernel: { usage: "301" } });
  t.like(cpu, { usage: { total: "1234567890" } });
  t.deepEqual(metricsOf({}), { cpu: { usage: {}, throttling: {} }, blkio: {} });
  t.deepEqual(metricsOf({}, []), { cpu: { usage: {}, throttling: {} } });
});

test("readMetricsV1 – no RDMA – a device came between the two readings", (t) => {
  t.false(Object.hasOwn(metricsOf({ ...v1Files, "rdma/rdma.max": "" }), "rdma"));
});
