import { join } from "node:path";
import protobuf from "protobufjs";

const definitions = join(import.meta.dirname, "../../proto/def");

/** An Any as the Stats call returns it. */
export interface AnyMetrics {
  readonly type_url?: string | null | undefined;
  readonly value?: Uint8Array | null | undefined;
}

/**
 * Fields of a decoded message by their wire names, 64-bit numbers as decimal strings; missing messages stay missing.
 */
export interface MessageFields {
  readonly [field: string]: unknown;
}

/**
 * Decodes the metrics of either cgroup version by reflection, independently of the generated code.
 * @throws {Error} for any other type URL.
 */
export function decodeMetrics({ type_url, value }: AnyMetrics): MessageFields {
  const version = /^io\.containerd\.cgroups\.v([12])\.Metrics$/.exec(type_url ?? "")?.[1];
  if (version === undefined) throw new Error(`no metrics: ${type_url}`);
  const root = new protobuf.Root().loadSync(join(definitions, `cgroups${version}.proto`), { keepCase: true });
  const type = root.lookupType(`cgroups${version}.Metrics`);
  return type.toObject(type.decode(value ?? new Uint8Array()), { longs: String });
}
