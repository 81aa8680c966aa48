import type { cgroups2 } from "../../proto/gen/metrics.js";
import { parseRdma } from "./rdma.ts";
import { filesOf, parseKeyed, parseUint64, pick, type ReadFile, type Uint64 } from "./stat-files.ts";

const cpuFields = [
  "usage_usec",
  "user_usec",
  "system_usec",
  "nr_periods",
  "nr_throttled",
  "throttled_usec",
  "nr_bursts",
  "burst_usec",
] as const;
const memoryFields = [
  "anon",
  "file",
  "kernel_stack",
  "slab",
  "sock",
  "shmem",
  "file_mapped",
  "file_dirty",
  "file_writeback",
  "anon_thp",
  "inactive_anon",
  "active_anon",
  "inactive_file",
  "active_file",
  "unevictable",
  "slab_reclaimable",
  "slab_unreclaimable",
  "pgfault",
  "pgmajfault",
  "workingset_refault",
  "workingset_activate",
  "workingset_nodereclaim",
  "pgrefill",
  "pgscan",
  "pgsteal",
  "pgactivate",
  "pgdeactivate",
  "pglazyfree",
  "pglazyfreed",
  "thp_fault_alloc",
  "thp_collapse_alloc",
] as const;
const memoryFiles = {
  usage: "memory.current",
  usage_limit: "memory.max",
  max_usage: "memory.peak",
  swap_usage: "memory.swap.current",
  swap_limit: "memory.swap.max",
  swap_max_usage: "memory.swap.peak",
} as const;
const eventFields = ["low", "high", "max", "oom", "oom_kill", "oom_group_kill"] as const;
const ioKeys = ["rbytes", "wbytes", "rios", "wios"] as const;

/**
 * Reads the metrics of a container on cgroup v2, given its directory and the host's sizes of huge pages. A value that
 * the kernel does not provide is zero; a message without any of its values is absent. Neither is an error.
 * @see https://github.com/containerd/cgroups/blob/main/cgroup2/manager.go Stat
 */
export function readMetricsV2(dir: string, pageSizes: readonly string[]): cgroups2.Metrics.$Properties {
  const read = filesOf(dir);
  const value = (name: string): Uint64 => parseUint64(read(name));
  return {
    pids: { current: value("pids.current"), limit: value("pids.max") },
    cpu: { ...pick(cpuFields, parseKeyed(read("cpu.stat"))), psi: parsePsi(read("cpu.pressure")) },
    memory: toMemory(read),
    rdma: { current: parseRdma(read("rdma.current")), limit: parseRdma(read("rdma.max")) },
    io: { usage: parseIo(read("io.stat")), psi: parsePsi(read("io.pressure")) },
    hugetlb: pageSizes.map((pagesize) => ({
      pagesize,
      current: value(`hugetlb.${pagesize}.current`),
      max: value(`hugetlb.${pagesize}.max`),
      failcnt: parseUint64(parseKeyed(read(`hugetlb.${pagesize}.events`)).get("max")),
    })),
    memory_events: toMemoryEvents(read("memory.events")),
  };
}

function toMemory(read: ReadFile): cgroups2.MemoryStat.$Properties {
  const single = Object.entries(memoryFiles).map(([field, name]) => [field, parseUint64(read(name))]);
  return {
    ...pick(memoryFields, parseKeyed(read("memory.stat"))),
    ...(Object.fromEntries(single) as Record<keyof typeof memoryFiles, Uint64>),
    psi: parsePsi(read("memory.pressure")),
  };
}

function toMemoryEvents(text: string | undefined): cgroups2.MemoryEvents.$Properties | null {
  const values = parseKeyed(text);
  return values.size === 0 ? null : pick(eventFields, values);
}

/**
 * `some avg10=0.00 avg60=0.00 avg300=0.00 total=0`, and `full …`.
 * @see the kernel's Documentation/accounting/psi.rst
 */
function parsePsi(text: string | undefined): cgroups2.PSIStats.$Properties | null {
  if (text === undefined) return null;
  const lines = new Map(text.split("\n").map((line) => [line.split(" ", 1)[0], parsePairs(line)]));
  return { some: toPsiData(lines.get("some")), full: toPsiData(lines.get("full")) };
}

function toPsiData(pairs: ReadonlyMap<string, string> | undefined): cgroups2.PSIData.$Properties | null {
  if (pairs === undefined) return null;
  const average = (key: string): number => Number(pairs.get(key)) || 0;
  const total = parseUint64(pairs.get("total"));
  return { avg10: average("avg10"), avg60: average("avg60"), avg300: average("avg300"), total };
}

/** `MAJOR:MINOR rbytes=N wbytes=N rios=N wios=N …` per device. */
function parseIo(text: string | undefined): cgroups2.IOEntry.$Properties[] {
  return (text ?? "").split("\n").flatMap((line) => {
    const [device = "", ...pairs] = line.split(" ");
    const [major, minor] = device.split(":");
    if (minor === undefined || pairs.length === 0) return [];
    return [{ major: parseUint64(major), minor: parseUint64(minor), ...pick(ioKeys, parsePairs(line)) }];
  });
}

/** The words `key=value` of a line. */
function parsePairs(line: string): Map<string, string> {
  const words = line.split(" ").map((word) => word.split("=", 2));
  return new Map(words.filter((word): word is [string, string] => word.length === 2));
}
