import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Content of each file, by its path below the directory. */
export type Files = Readonly<Record<string, string>>;

/** Writes the files of a cgroup with the content that the kernel would show. */
export function writeFiles(dir: string, files: Files): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
}

const v1MemoryKeys = [
  "cache",
  "rss",
  "rss_huge",
  "shmem",
  "mapped_file",
  "dirty",
  "writeback",
  "workingset_refault_anon",
  "swap",
  "pgpgin",
  "pgpgout",
  "pgfault",
  "pgmajfault",
  "inactive_anon",
  "active_anon",
  "inactive_file",
  "active_file",
  "unevictable",
];

/**
 * Every file of cgroup v1 that metrics are read from. All values differ: own memory counts from 101, total memory from
 * 201.
 */
export const v1Files: Files = {
  "pids/pids.current": "3\n",
  "pids/pids.max": "max\n",
  "cpu/cpu.stat": "nr_periods 41\nnr_throttled 42\nthrottled_time 43\n",
  "cpuacct/cpuacct.usage": "1234567890\n",
  "cpuacct/cpuacct.stat": "user 7\nsystem 1000000000000\n",
  "cpuacct/cpuacct.usage_percpu": "500 18446744073709551615 \n",
  "memory/memory.stat": [
    ...v1MemoryKeys.map((key, index) => `${key} ${101 + index}`),
    "hierarchical_memory_limit 9223372036854771712",
    "hierarchical_memsw_limit 18446744073709551615",
    ...v1MemoryKeys.map((key, index) => `total_${key} ${201 + index}`),
    "",
  ].join("\n"),
  "memory/memory.oom_control": "oom_kill_disable 1\nunder_oom 0\noom_kill 5\n",
  ...memoryEntry("memory", 1),
  ...memoryEntry("memory.memsw", 2),
  ...memoryEntry("memory.kmem", 3),
  ...memoryEntry("memory.kmem.tcp", 4),
  "hugetlb/hugetlb.2MB.usage_in_bytes": "2097152\n",
  "hugetlb/hugetlb.2MB.max_usage_in_bytes": "4194304\n",
  "hugetlb/hugetlb.2MB.failcnt": "6\n",
  "rdma/rdma.current": "mlx4_0 hca_handle=2 hca_object=20\n",
  "rdma/rdma.max": "mlx4_0 hca_handle=max hca_object=20000\n",
  "blkio/blkio.throttle.io_serviced": "254:0 Read 11\n254:0 Write 12\n7:3 Read 13\nTotal 36\n",
  "blkio/blkio.throttle.io_service_bytes": "254:0 Read 4096\nTotal 4096\n",
};

function memoryEntry(prefix: string, digit: number): Files {
  return {
    [`memory/${prefix}.limit_in_bytes`]: "9223372036854771712\n",
    [`memory/${prefix}.usage_in_bytes`]: `${digit}01\n`,
    [`memory/${prefix}.max_usage_in_bytes`]: `${digit}02\n`,
    [`memory/${prefix}.failcnt`]: `${digit}03\n`,
  };
}

/** Keys of memory.stat that are part of the version 2 metrics, in the order of their fields. */
export const v2MemoryKeys = (
  "anon file kernel_stack slab sock shmem file_mapped file_dirty file_writeback anon_thp inactive_anon active_anon " +
  "inactive_file active_file unevictable slab_reclaimable slab_unreclaimable pgfault pgmajfault workingset_refault " +
  "workingset_activate workingset_nodereclaim pgrefill pgscan pgsteal pgactivate pgdeactivate pglazyfree pglazyfreed " +
  "thp_fault_alloc thp_collapse_alloc"
).split(" ");

const pressure = (total: number): string =>
  `some avg10=1.50 avg60=0.25 avg300=0.00 total=${total}\nfull avg10=0.00 avg60=0.00 avg300=12.75 total=18446744073709551615\n`;

/** Every file of cgroup v2 that metrics are read from; memory.stat counts from 301. */
export const v2Files: Files = {
  "pids.current": "3\n",
  "pids.max": "max\n",
  "cpu.stat":
    "usage_usec 1\nuser_usec 2\nsystem_usec 3\ncore_sched.force_idle_usec 9\nnr_periods 4\nnr_throttled 5\nthrottled_usec 6\nnr_bursts 7\nburst_usec 8\n",
  "cpu.pressure": pressure(71),
  "memory.stat": `${v2MemoryKeys.map((key, index) => `${key} ${301 + index}`).join("\n")}\npercpu 1\n`,
  "memory.current": "9007199254740993\n",
  "memory.max": "max\n",
  "memory.peak": "401\n",
  "memory.swap.current": "402\n",
  "memory.swap.max": "max\n",
  "memory.swap.peak": "403\n",
  "memory.pressure": pressure(72),
  "memory.events": "low 1\nhigh 2\nmax 3\noom 4\noom_kill 5\noom_group_kill 6\n",
  "io.stat":
    "254:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=5 dios=6\n7:0 \n8:16 rbytes=18446744073709551615 wbytes=0 rios=1 wios=0\n",
  "io.pressure": pressure(73),
  "rdma.current": "mlx4_0 hca_handle=2 hca_object=20\nocrdma1 hca_handle=3 hca_object=30\n",
  "rdma.max": "mlx4_0 hca_handle=max hca_object=20000\nocrdma1 hca_handle=1 hca_object=max\n",
  "hugetlb.2MB.current": "2097152\n",
  "hugetlb.2MB.max": "max\n",
  "hugetlb.2MB.events": "max 9\n",
};
