import type { cgroups1 } from "../../proto/gen/metrics.js";
import { parseBlkio } from "./blkio.ts";
import { parseRdma } from "./rdma.ts";
import { filesOf, parseKeyed, parseUint64, pick, type ReadFile, type Uint64 } from "./stat-files.ts";

/** Facts about the host that the metrics need. */
export interface HostFacts {
  /** Sizes of huge pages: `2MB`, `1GB`. */
  readonly pageSizes: readonly string[];
  /** Text of /proc/partitions, for the names of block devices. */
  readonly partitions: string | undefined;
}

const ownMemory = [
  "cache",
  "rss",
  "rss_huge",
  "mapped_file",
  "dirty",
  "writeback",
  "pg_pg_in",
  "pg_pg_out",
  "pg_fault",
  "pg_maj_fault",
  "inactive_anon",
  "active_anon",
  "inactive_file",
  "active_file",
  "unevictable",
] as const;
const memoryFields = [
  ...ownMemory,
  ...ownMemory.map((field) => `total_${field}` as const),
  "hierarchical_memory_limit",
  "hierarchical_swap_limit",
] as const;
const oomFields = ["oom_kill_disable", "under_oom", "oom_kill"] as const;

/** USER_HZ, the unit of cpuacct.stat: 100 on every architecture that Node runs on. */
const nanosecondsPerTick = 10_000_000n;

/**
 * Reads the metrics of a container on cgroup v1, given the directory of each controller. A value that the kernel does
 * not provide is zero; a message without any of its values is absent. Neither is an error.
 * @see https://github.com/containerd/cgroups/blob/main/cgroup1/cgroup.go Stat
 */
export function readMetricsV1(dirs: Readonly<Record<string, string>>, host: HostFacts): cgroups1.Metrics.$Properties {
  const files = (controller: string): ReadFile => filesOf(dirs[controller]);
  return {
    hugetlb: toHugetlb(files("hugetlb"), host.pageSizes),
    pids: toPids(files("pids")),
    cpu: { usage: toCpuUsage(files("cpuacct")), throttling: toThrottling(files("cpu")) },
    memory: toMemory(files("memory")),
    blkio: dirs["blkio"] !== undefined ? parseBlkio(files("blkio"), host.partitions) : null,
    rdma: toRdma(files("rdma")),
    memory_oom_control: toOomControl(files("memory")("memory.oom_control")),
  };
}

function toHugetlb(read: ReadFile, pageSizes: readonly string[]): cgroups1.HugetlbStat.$Properties[] {
  return pageSizes.flatMap((pagesize) => {
    const usage = read(`hugetlb.${pagesize}.usage_in_bytes`);
    if (usage === undefined) return [];
    const value = (name: string): Uint64 => parseUint64(read(`hugetlb.${pagesize}.${name}`));
    return [{ pagesize, usage: parseUint64(usage), max: value("max_usage_in_bytes"), failcnt: value("failcnt") }];
  });
}

/** In the message of version 1, 0 means "no limit". */
function toPids(read: ReadFile): cgroups1.PidsStat.$Properties | null {
  const current = read("pids.current");
  return current === undefined ? null : { current: parseUint64(current), limit: parseUint64(read("pids.max"), 0) };
}

function toCpuUsage(read: ReadFile): cgroups1.CPUUsage.$Properties {
  const ticks = parseKeyed(read("cpuacct.stat"));
  const perCpu = read("cpuacct.usage_percpu")?.split(/\s+/).filter(Boolean) ?? [];
  return {
    total: parseUint64(read("cpuacct.usage")),
    kernel: toNanoseconds(ticks.get("system")),
    user: toNanoseconds(ticks.get("user")),
    per_cpu: perCpu.map((text) => parseUint64(text)),
  };
}

function toNanoseconds(ticks: string | undefined): Uint64 {
  if (ticks === undefined || !/^\d+$/.test(ticks)) return 0;
  return parseUint64(String(BigInt.asUintN(64, BigInt(ticks) * nanosecondsPerTick)));
}

function toThrottling(read: ReadFile): cgroups1.Throttle.$Properties {
  const stat = parseKeyed(read("cpu.stat"));
  return {
    periods: parseUint64(stat.get("nr_periods")),
    throttled_periods: parseUint64(stat.get("nr_throttled")),
    throttled_time: parseUint64(stat.get("throttled_time")),
  };
}

function toMemory(read: ReadFile): cgroups1.MemoryStat.$Properties | null {
  const stat = read("memory.stat");
  if (stat === undefined) return null;
  return {
    ...pick(memoryFields, parseKeyed(stat), toMemoryKey),
    usage: toMemoryEntry(read, "memory"),
    swap: toMemoryEntry(read, "memory.memsw"),
    kernel: toMemoryEntry(read, "memory.kmem"),
    kernel_tcp: toMemoryEntry(read, "memory.kmem.tcp"),
  };
}

/** `total_pg_maj_fault` → `total_pgmajfault`. */
function toMemoryKey(field: (typeof memoryFields)[number]): string {
  if (field === "hierarchical_swap_limit") return "hierarchical_memsw_limit";
  return field.replace("pg_pg_", "pgpg").replace("pg_maj_", "pgmaj").replace("pg_fault", "pgfault");
}

function toMemoryEntry(read: ReadFile, prefix: string): cgroups1.MemoryEntry.$Properties {
  const value = (name: string): Uint64 => parseUint64(read(`${prefix}.${name}`));
  return {
    limit: value("limit_in_bytes"),
    usage: value("usage_in_bytes"),
    max: value("max_usage_in_bytes"),
    failcnt: value("failcnt"),
  };
}

function toOomControl(text: string | undefined): cgroups1.MemoryOomControl.$Properties | null {
  return text === undefined ? null : pick(oomFields, parseKeyed(text));
}

/** If a device appears or disappears between the two reads, they cannot be compared: there is no message then. */
function toRdma(read: ReadFile): cgroups1.RdmaStat.$Properties | null {
  const [current, limit] = [read("rdma.current"), read("rdma.max")];
  if (current === undefined || limit === undefined) return null;
  if (current.split("\n").length !== limit.split("\n").length) return null;
  return { current: parseRdma(current), limit: parseRdma(limit) };
}
