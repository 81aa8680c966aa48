import type { Containerd } from "../test/_support/containerd.ts";
import { inParallel } from "../test/_support/in-parallel.ts";
import { until } from "../test/_support/until.ts";
import { privateMemory, run, shimPids, shims, shimsWithCrun, sleeper, timed } from "./host.ts";
import { measurePaired } from "./paired.ts";
import type { Row } from "./report.ts";

let serial = 0;
const newId = (): string => `b${++serial}`;
const runTrue = (host: Containerd, shim: string) =>
  run(host, shim, { id: newId(), command: ["/bin/true"], flags: ["--rm"] });

/** Measures `ctr run --rm … true` next to a container that keeps the group's daemon alive. */
export async function warmRun(host: Containerd, rounds: number): Promise<Row> {
  const figures = await measurePaired(shims, rounds, (shim) => timed(() => runTrue(host, shim)));
  return { what: "ctr run --rm true, warm group", unit: "ms", goal: 0.75, figures };
}

/** Measures the same with crun, against the Go shim with runc and with crun. */
export async function warmRunOfCrun(host: Containerd, rounds: number): Promise<Row> {
  const figures = await measurePaired(shimsWithCrun, rounds, (shim) => timed(() => runTrue(host, shim)));
  return { what: "ctr run --rm true, warm group, crun", unit: "ms", goal: 0.6, figures };
}

/** Measures the same with each container the first of its group: the previous one's daemon has ended. */
export async function firstOfGroup(host: Containerd, rounds: number): Promise<Row> {
  const figures = await measurePaired(shims, rounds, async (shim) => {
    await until(() => shimPids(host, "ours").length === 0, "no shim is left");
    return timed(() => runTrue(host, shim));
  });
  return { what: "ctr run --rm true, first of a group", unit: "ms", goal: 1.1, figures };
}

const burstOf = (host: Containerd, shim: string) =>
  timed(() => inParallel(Array.from({ length: 32 }), 8, () => runTrue(host, shim)));

/** Measures 32 containers, 8 at a time. */
export async function burst(host: Containerd, rounds: number): Promise<Row> {
  const figures = await measurePaired(shims, rounds, (shim) => burstOf(host, shim));
  return { what: "32 × ctr run --rm true, 8 at a time", unit: "ms", goal: 0.6, figures };
}

/** Measures the same with crun. */
export async function burstOfCrun(host: Containerd, rounds: number): Promise<Row> {
  const figures = await measurePaired(shimsWithCrun, rounds, (shim) => burstOf(host, shim));
  return { what: "32 × ctr run --rm true, 8 at a time, crun", unit: "ms", goal: 0.45, figures };
}

/** Measures `ctr task exec … true` in a running container. */
export async function exec(host: Containerd, rounds: number): Promise<Row> {
  const figures = await measurePaired(shims, rounds, (shim) =>
    timed(() => host.exec(`warm-${shim}`, newId(), ["/bin/true"])),
  );
  return { what: "ctr task exec true", unit: "ms", goal: 0.8, figures };
}

/** Measures the private memory of all shims with that many sleeping containers. */
export async function memory(host: Containerd, counts: readonly number[]): Promise<Row[]> {
  const figures = new Map(counts.map((count) => [count, new Map<string, number[]>()]));
  for (const shim of shims) {
    const ids: string[] = [];
    for (const count of counts) {
      while (ids.length < count) {
        const id = newId();
        await run(host, shim, { id, command: ["/bin/sleep", "100000"], flags: ["-d"] });
        ids.push(id);
      }
      figures.get(count)?.set(shim, [privateMemory(shimPids(host, shim))]);
    }
    await inParallel(ids, 4, (id) => host.remove(id));
  }
  return counts.map((count) => ({
    what: `private memory of all shims, ${count} containers`,
    unit: "MB",
    ...(count === 50 ? { goal: 0.12 } : {}),
    figures: figures.get(count) ?? new Map(),
  }));
}

/** Starts the containers next to which `warmRun`, `burst` and `exec` run; returns a function that removes them. */
export async function warmUp(host: Containerd): Promise<() => Promise<void>> {
  const ids = await Promise.all(shims.map((shim) => sleeper(host, shim)));
  return async () => void (await inParallel(ids, 2, (id) => host.remove(id)));
}
