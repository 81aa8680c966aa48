import { entryOf, isTable, setEntry, type Table, tableAt } from "../../spec/table.ts";
import * as value from "./values.ts";

/** The kernel's default CPU period, in µs. */
const defaultPeriod = 100_000;

/** The cgroup v2 file that a limit is written to. An entry of `unified` is written to the same file, and last. */
const unifiedFiles: Readonly<Record<string, string>> = { "memory/limit": "memory.max", "pids/limit": "pids.max" };

/** Lowers `limit` of a group of resources. A missing limit, or one that is not positive, means no limit. */
export function lowerLimit(resources: Table, group: string, given: unknown, path: string): void {
  const ceiling = value.ceiling(given, path);
  const table = tableAt(resources, group);
  const now = Number(entryOf(table, "limit") ?? 0);
  if (now <= 0 || now > ceiling) setEntry(table, "limit", ceiling);
  const file = unifiedFiles[`${group}/limit`] ?? "";
  const [unified] = unifiedOf(resources, file);
  if (unified !== undefined && !(Number(unified) <= ceiling)) setUnified(resources, file, String(ceiling));
}

/** Lowers quota ÷ period, the number of CPUs. A quota that is not positive means no limit. */
export function lowerCpu(resources: Table, given: unknown, path: string): void {
  const limit = value.table(given, path);
  const quota = value.ceiling(limit["quota"], `${path}, quota`);
  const period = value.ceiling(limit["period"], `${path}, period`);
  const cpu = tableAt(resources, "cpu");
  const nowQuota = Number(entryOf(cpu, "quota") ?? 0);
  // The period is always set: a running container may have another one.
  const nowPeriod = Number(entryOf(cpu, "period") || defaultPeriod);
  const isLower = nowQuota > 0 && nowQuota / nowPeriod <= quota / period;
  Object.assign(cpu, isLower ? { period: nowPeriod } : { quota, period });
  const [max, unifiedPeriod = defaultPeriod] = unifiedOf(resources, "cpu.max");
  if (max !== undefined && !(Number(max) / Number(unifiedPeriod) <= quota / period)) {
    setUnified(resources, "cpu.max", `${quota} ${period}`);
  }
}

/** Whether an update sets the value that a ceiling limits. */
export function isMentioned(target: Table, steps: readonly string[]): boolean {
  const resources = (target["linux"] as Table)["resources"] as Table;
  const group = steps[2] ?? "";
  const table = entryOf(resources, group);
  const keys = group === "cpu" ? ["quota", "period"] : ["limit"];
  const file = group === "cpu" ? "cpu.max" : (unifiedFiles[`${group}/limit`] ?? "");
  return (
    (isTable(table) && keys.some((key) => entryOf(table, key) !== undefined)) || unifiedOf(resources, file).length > 0
  );
}

/** Returns the words of an entry of `linux.resources.unified`, or none if the entry is missing. */
function unifiedOf(resources: Table, file: string): readonly string[] {
  const unified = entryOf(resources, "unified");
  const text = isTable(unified) ? entryOf(unified, file) : undefined;
  return text === undefined ? [] : String(text).trim().split(/\s+/);
}

function setUnified(resources: Table, file: string, text: string): void {
  setEntry(tableAt(resources, "unified"), file, text);
}
