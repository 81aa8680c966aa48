import { equal, ok } from "node:assert/strict";
import { constants } from "node:os";
import { Code } from "@dunnage/ttrpc";
import { refusal } from "../containerd/refusal.ts";
import type { ContractCase } from "./scene.ts";

const { SIGKILL, SIGTERM } = constants.signals;

/** Signals to init. */
export const signalCases: readonly ContractCase[] = [
  {
    title: "signal – KILL – ends init with 137",
    run: async (scene) => {
      const task = await scene.running();
      await task.kill(SIGKILL);
      equal(await task.wait(), 137);
      equal(await task.delete(), 137);
    },
  },
  {
    title: "signal – TERM – reaches the program's handler",
    programs: ["trap"],
    run: async (scene) => {
      const task = await scene.running({ args: scene.programs.trap() });
      await task.streams?.shows("ready");
      await task.kill(SIGTERM);
      equal(await task.wait(), 3);
    },
  },
  {
    title: "signal – after the end – NotFound",
    run: async (scene) => {
      const task = await scene.running();
      await task.end();
      equal((await refusal(task.kill(SIGKILL)))?.code, Code.NotFound);
      await task.delete();
      equal((await refusal(task.kill(SIGKILL)))?.code, Code.NotFound);
    },
  },
  {
    title: "signal – of a number that there is not – refused, the container continues",
    isShared: true,
    run: async (scene) => {
      const task = await scene.sleeping();
      ok(await refusal(task.kill(65)));
      equal(await task.status(), "running");
    },
  },
];
