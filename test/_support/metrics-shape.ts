import { decodeMetrics } from "../../packages/core/src/testing/containerd/decode-metrics.ts";
import type { TaskClient } from "./task-client.ts";

/** Path and value of each field that is not zero, such as `memory.usage.limit` or `hugetlb.0.pagesize`. */
export type FlatMetrics = Readonly<Record<string, string>>;

/** Returns the type URL and the fields that a shim's Stats call reports for a container. */
export async function readFlatMetrics(client: TaskClient, id: string): Promise<{ type: string; fields: FlatMetrics }> {
  const { stats } = await client.stats({ id });
  return { type: stats?.type_url ?? "", fields: flattenMetrics(stats ?? {}) };
}

/** Decodes and flattens the metrics; messages without fields appear as `{}`. */
export function flattenMetrics(any: Parameters<typeof decodeMetrics>[0]): FlatMetrics {
  return Object.fromEntries(flatten(decodeMetrics(any), ""));
}

function flatten(value: unknown, path: string): [string, string][] {
  if (typeof value !== "object" || value === null) return [[path, String(value)]];
  const entries = Object.entries(value);
  if (entries.length === 0) return [[path, "{}"]];
  return entries.flatMap(([key, entry]) => flatten(entry, path === "" ? key : `${path}.${key}`));
}
