import { equal } from "node:assert/strict";
import type { ContractCase } from "./scene.ts";

const ability = "terminal";
const streams = { terminal: true, stdin: true };

/** Processes with a terminal. */
export const terminalCases: readonly ContractCase[] = [
  {
    title: "terminal – of init – takes input, shows output, has the size that the client gave",
    ability,
    programs: ["terminal"],
    run: async (scene) => {
      const task = await scene.running({ args: scene.programs.terminal(), streams });
      await task.streams?.shows("ready\n");
      await scene.daemon.client.resizePty({ id: task.id, width: 100, height: 40 });
      await task.streams?.write("word\n");
      await task.streams?.shows("word 40 100\n");
      equal(await task.wait(), 0);
      await task.delete();
      await task.streams?.ended();
    },
  },
  {
    title: "terminal – of an exec – takes input, shows output, has the size that the client gave",
    isShared: true,
    ability,
    programs: ["terminal"],
    run: async (scene) => {
      const task = await scene.sleeping();
      const exec = await task.exec("terminal", scene.programs.terminal(), streams);
      await exec.start();
      await exec.streams.shows("ready\n");
      await exec.resize(90, 30);
      await exec.streams.write("word\n");
      await exec.streams.shows("word 30 90\n");
      equal(await exec.wait(), 0);
      await exec.delete();
      await exec.streams.ended();
    },
  },
  {
    title: "terminal – KILL – hangs up, nothing is left",
    ability,
    run: async (scene) => {
      const task = await scene.running({ streams });
      equal(await task.end(), 137);
      await task.delete();
      await task.streams?.ended();
      await task.gone();
    },
  },
];
