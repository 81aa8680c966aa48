import { entryOf, isTable, setEntry, type Table, tableAt } from "../../spec/table.ts";
import * as check from "./values.ts";

/** The kernel's default CPU period, in µs. */
const defaultPeriod = 100_000;

/** The cgroup v2 file that a limit is written to. An entry of `unified` is written to the same file, and last. */
const unifiedFiles: Readonly<Record<string, string>> = { "memory/limit": "memory.max", "pids/limit": "pids.max" };

/** Lowers `limit` of a group of resources. A missing limit, or one that is not positive, means no limit. */
export function lowerLimit(resources: Table, group: string, { value, path }: check.Operand): void {
  const ceiling = check.ceiling(value, path);
  const table = tableAt(resources, group);
  const limit = Number(entryOf(table, "limit") ?? 0);
  if (limit <= 0 || limit > ceiling) setEntry(table, "limit", ceiling);
  const file = unifiedFiles[`${group}/limit`] ?? "";
  const [unified] = unifiedOf(resources, file);
  if (unified !== undefined && !(Number(unified) <= ceiling)) setUnified(resources, file, String(ceiling));
}

/** Lowers quota ÷ period, the number of CPUs. A quota that is not positive means no limit. */
export function lowerCpu(resources: Table, { value, path }: check.Operand): void {
  const limit = check.table(value, path);
  const quota = check.ceiling(limit["quota"], `${path}, quota`);
  const period = check.ceiling(limit["period"], `${path}, period`);
  const cpu = tableAt(resources, "cpu");
  const oldQuota = Number(entryOf(cpu, "quota") ?? 0);
  // The period is always set: a running container may have another one.
  const oldPeriod = Number(entryOf(cpu, "period") || defaultPeriod);
  const isLower = oldQuota > 0 && oldQuota / oldPeriod <= quota / period;
  Object.assign(cpu, isLower ? { period: oldPeriod } : { quota, period });
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
