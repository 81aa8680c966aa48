import { readdirSync } from "node:fs";

/** Returns the sizes of huge pages that the kernel supports, as cgroup files name them: `2MB`, `1GB`. */
export function readHugePageSizes(dir = "/sys/kernel/mm/hugepages"): string[] {
  try {
    return readdirSync(dir).flatMap(toPageSize);
  } catch {
    return [];
  }
}

/** `hugepages-2048kB` → `2MB`. @see mem_fmt in the kernel's mm/hugetlb_cgroup.c */
function toPageSize(name: string): string[] {
  const kibibytes = Number(/^hugepages-(\d+)kB$/.exec(name)?.[1]);
  if (!(kibibytes > 0)) return [];
  if (kibibytes >= 1 << 20) return [`${kibibytes >> 20}GB`];
  return [kibibytes >= 1 << 10 ? `${kibibytes >> 10}MB` : `${kibibytes}KB`];
}
