import { equal, ok } from "node:assert/strict";
import { refusal } from "../containerd/refusal.ts";
import { readUsage } from "./observe.ts";
import type { ContractCase } from "./scene.ts";

const ability = "update";
const limitBytes = 64 * 1024 * 1024;
const encode = (value: unknown) => ({ value: Buffer.from(JSON.stringify(value)) });

/** Update. */
export const updateCases: readonly ContractCase[] = [
  {
    title: "update – of the memory limit – is in force, and Stats shows it",
    isShared: true,
    ability,
    run: async (scene) => {
      const { id } = await scene.sleeping();
      await scene.daemon.client.update({ id, resources: encode({ memory: { limit: limitBytes } }) });
      equal((await readUsage(scene, id)).memoryLimitBytes, limitBytes);
    },
  },
  {
    title: "update – of a stopped container – refused",
    ability,
    run: async (scene) => {
      const task = await scene.running();
      await task.end();
      ok(await refusal(scene.daemon.client.update({ id: task.id, resources: encode({}) })));
    },
  },
];
