import { equal, ok } from "node:assert/strict";
import { refusal } from "../containerd/refusal.ts";
import { until } from "../until.ts";
import type { ContractCase } from "./scene.ts";

/** How long a client waits for a Create before it cancels the call. */
const deadlinesMs = [1, 3, 8, 20, 50];

/** What is left when something ends prematurely. */
export const cleanUpCases: readonly ContractCase[] = [
  {
    title: "orphan – of init – ends with it",
    programs: ["leave"],
    run: async (scene) => {
      const task = await scene.running({ args: scene.programs.leave() });
      equal(await task.wait(), 0);
      equal(await task.delete(), 0);
      await task.streams?.ended();
      await task.gone();
    },
  },
  {
    title: "clean-up – of a running container, by one who knows the bundle alone – ends it, nothing is left",
    run: async (scene) => {
      const task = await scene.running();
      const exit = await scene.daemon.cleanUp(task.bundle.container);
      equal(exit.exitStatus, 137);
      ok(exit.exitedAt.getTime() > 0);
      equal(await task.wait(), 137);
      await task.gone();
      await scene.daemon.cleanUp(task.bundle.container);
    },
  },
  {
    title: "clean-up – of a created container, by one who knows the bundle alone – ends it, nothing is left",
    run: async (scene) => {
      const task = scene.task();
      await task.create();
      await scene.daemon.cleanUp(task.bundle.container);
      await task.gone();
    },
  },
  {
    title: "clean-up – of a container that has ended, by one who knows the bundle alone – keeps its exit status",
    run: async (scene) => {
      const task = await scene.running({ args: scene.programs.print({ out: "", err: "", exitStatus: 5 }) });
      equal(await task.wait(), 5);
      equal((await scene.daemon.cleanUp(task.bundle.container)).exitStatus, 5);
      await task.gone();
    },
  },
  {
    title: "clean-up – of a paused container, by one who knows the bundle alone – ends it, nothing is left",
    ability: "pause",
    run: async (scene) => {
      const task = await scene.running();
      await scene.daemon.client.pause({ id: task.id });
      await scene.daemon.cleanUp(task.bundle.container);
      equal(await task.wait(), 137);
      await task.gone();
    },
  },
  {
    title: "clean-up – a create that is cut off – leaves nothing",
    run: async (scene) => {
      for (const deadlineMs of deadlinesMs) {
        const task = scene.task();
        await refusal(task.create(deadlineMs));
        // The client has cancelled, but the daemon may have finished in time. State follows Create on the connection.
        const isSettled = async (): Promise<boolean> =>
          (await refusal(task.status())) === undefined || scene.daemon.size === 0;
        await until(isSettled, "the create that was cut off is undone, or done");
        await task.remove();
      }
      equal(scene.daemon.size, 0);
    },
  },
];
