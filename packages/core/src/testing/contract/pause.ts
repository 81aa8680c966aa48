import { equal, ok } from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { refusal } from "../containerd/refusal.ts";
import { until } from "../until.ts";
import type { ContractCase } from "./scene.ts";

const ability = "pause";
/** Several ticks of the program. */
const whileMs = 300;

/** Pause and Resume. */
export const pauseCases: readonly ContractCase[] = [
  {
    title: "pause – and resume – the program stands still, then continues",
    ability,
    programs: ["tick"],
    run: async (scene) => {
      const task = await scene.running({ args: scene.programs.tick() });
      const { client } = scene.daemon;
      const length = (): number => task.streams?.out.length ?? 0;
      await task.streams?.shows("tick");
      await client.pause({ id: task.id });
      equal(await task.status(), "paused");
      await sleep(whileMs); // output that was on its way
      const before = length();
      await sleep(whileMs);
      equal(length(), before);
      await client.resume({ id: task.id });
      equal(await task.status(), "running");
      await until(() => length() > before, "it continues");
    },
  },
  {
    title: "pause – of what is paused, or not running – refused, whatever the runtime thinks of it",
    ability,
    run: async (scene) => {
      const task = scene.task();
      const { id } = task;
      const { client } = scene.daemon;
      await task.create();
      ok(await refusal(client.pause({ id })), "created");
      await task.start();
      ok(await refusal(client.resume({ id })), "resume of a running one");
      await client.pause({ id });
      ok(await refusal(client.pause({ id })), "paused");
      await client.resume({ id });
      await task.end();
      ok(await refusal(client.pause({ id })), "stopped");
      ok(await refusal(client.resume({ id })), "resume of a stopped one");
    },
  },
  {
    title: "pause – KILL of a paused container – ends it",
    ability,
    run: async (scene) => {
      const task = await scene.running();
      await scene.daemon.client.pause({ id: task.id });
      equal(await task.end(), 137);
      equal(await task.delete(), 137);
      await task.gone();
    },
  },
];
