import { deepEqual, ok } from "node:assert/strict";
import type { Usage } from "../../cgroups/metrics/usage.ts";
import { wire } from "../../proto/gen/wire.js";
import { decodeMetrics } from "../containerd/decode-metrics.ts";
import { until } from "../until.ts";
import type { ContractCase, Scene } from "./scene.ts";

/** What a client sees of a container from the outside. */
export const observeCases: readonly ContractCase[] = [
  {
    title: "stats – of a running container – memory and processes",
    isShared: true,
    run: async (scene) => {
      const { id } = await scene.sleeping();
      const usage = await readUsage(scene, id);
      ok((usage.memoryBytes ?? 0) > 0, JSON.stringify(usage));
      ok((usage.pids ?? 0) > 0, JSON.stringify(usage));
    },
  },
  {
    title: "stats – of a container that computes – its processor time grows",
    programs: ["spin"],
    run: async (scene) => {
      const { id } = await scene.running({ args: scene.programs.spin() });
      const cpuNs = async (): Promise<number> => (await readUsage(scene, id)).cpuNs ?? 0;
      const first = await cpuNs();
      await until(async () => (await cpuNs()) > first, "its processor time grows");
    },
  },
  {
    title: "pids – of a container – those of init",
    isShared: true,
    run: async (scene) => {
      const task = await scene.sleeping();
      ok((await readPids(scene, task.id)).some(({ pid, execId }) => pid > 0 && execId === ""));
    },
  },
  {
    title: "pids – of a container with an exec – the exec's is marked by its id, while it runs",
    isShared: true,
    ability: "exec",
    run: async (scene) => {
      const task = await scene.sleeping();
      const exec = await task.exec("e", scene.programs.sleep());
      await exec.start();
      deepEqual((await readPids(scene, task.id)).map(({ execId }) => execId).sort(), ["", "e"]);
      await exec.kill(9);
      await exec.wait();
      deepEqual(
        (await readPids(scene, task.id)).map(({ execId }) => execId),
        [""],
      );
    },
  },
];

/** Calls Stats and reads the metrics, of either cgroup version. */
export async function readUsage({ daemon }: Scene, id: string): Promise<Usage> {
  const { stats } = await daemon.client.stats({ id });
  const metrics = decodeMetrics(stats ?? {});
  const number = (...path: readonly string[]): number => Number(path.reduce<unknown>(fieldOf, metrics) ?? 0);
  if (stats?.type_url === "io.containerd.cgroups.v2.Metrics") {
    return {
      cpuNs: number("cpu", "usage_usec") * 1_000,
      memoryBytes: number("memory", "usage"),
      memoryLimitBytes: number("memory", "usage_limit"),
      pids: number("pids", "current"),
    };
  }
  return {
    cpuNs: number("cpu", "usage", "total"),
    memoryBytes: number("memory", "usage", "usage"),
    memoryLimitBytes: number("memory", "usage", "limit"),
    pids: number("pids", "current"),
  };
}

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;

async function readPids({ daemon }: Scene, id: string): Promise<readonly { pid: number; execId: string }[]> {
  const { processes } = await daemon.client.pids({ id });
  return (processes ?? []).map(({ pid, info }) => ({
    pid: pid ?? 0,
    execId: info?.value ? wire.ProcessDetails.decode(info.value).exec_id : "",
  }));
}
