import { wire } from "../packages/core/src/proto/gen/wire.js";
import { Client } from "../packages/ttrpc/src/index.ts";
import type { Containerd } from "../test/_support/containerd.ts";
import { shims } from "./host.ts";
import { measurePaired } from "./paired.ts";
import type { Row } from "./report.ts";

const service = "containerd.task.v2.Task";

/** Measures `State` of a running container on the Go shim and on ours. Both use our client: only the server differs. */
export async function rpc(host: Containerd, rounds: number): Promise<Row[]> {
  const clients = new Map<string, Client>();
  for (const shim of shims) clients.set(shim, await Client.connect(host.shimAddress(`warm-${shim}`)));
  const call = (shim: string): Promise<unknown> => {
    const payload = wire.StateRequest.encode({ id: `warm-${shim}` }).finish();
    return clients.get(shim)?.call({ service, method: "State" }, payload) ?? Promise.reject(new Error(shim));
  };
  const latency = await measurePaired(shims, rounds, (shim) => medianLatency(() => call(shim), 2_000));
  const load = await measurePaired(shims, rounds, (shim) => microsecondsPerCall(() => call(shim), 32, 20_000));
  for (const client of clients.values()) client.close();
  return [
    { what: "ttrpc State, 1 in flight, p50", unit: "µs", figures: latency },
    { what: "ttrpc State, 32 in flight, per call", unit: "µs", figures: load },
  ];
}

async function medianLatency(call: () => Promise<unknown>, count: number): Promise<number> {
  const times = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const start = performance.now();
    await call();
    times[i] = (performance.now() - start) * 1000;
  }
  return times.sort()[count >> 1] ?? Number.NaN;
}

async function microsecondsPerCall(call: () => Promise<unknown>, inFlight: number, count: number): Promise<number> {
  let left = count;
  const start = performance.now();
  const caller = async (): Promise<void> => {
    while (left-- > 0) await call();
  };
  await Promise.all(Array.from({ length: inFlight }, caller));
  return ((performance.now() - start) * 1000) / count;
}
