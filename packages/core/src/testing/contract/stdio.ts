import { equal, ok } from "node:assert/strict";
import { until } from "../until.ts";
import type { ContractCase } from "./scene.ts";

/** Longer than a pipe's capacity, shorter than an argument may be. */
const long = "0123456789".repeat(10_000);

/** Input and output of a process. */
export const stdioCases: readonly ContractCase[] = [
  {
    title: "stdio – stdout and stderr – apart and complete, more than a pipe holds",
    run: async (scene) => {
      const task = await scene.running({ args: scene.programs.print({ out: long, err: "oops\n", exitStatus: 0 }) });
      equal(await task.wait(), 0);
      await task.delete();
      await task.streams?.ended();
      equal(task.streams?.err, "oops\n");
      ok(task.streams?.out === long, `${task.streams?.out.length} characters of ${long.length}, or others`);
    },
  },
  {
    title: "stdio – stdin – goes through, its end is seen",
    programs: ["cat"],
    run: async (scene) => {
      const task = await scene.running({ args: scene.programs.cat(), streams: { stdin: true } });
      await task.streams?.write("a line\n");
      await task.streams?.shows("a line\n");
      await task.streams?.write(long);
      await until(() => task.streams?.out === `a line\n${long}`, "what was written comes back");
      await task.closeStdin();
      equal(await task.wait(), 0);
      await task.delete();
      await task.streams?.ended();
    },
  },
  {
    title: "stdio – none – the program runs, and reads nothing",
    programs: ["cat"],
    run: async (scene) => {
      const task = await scene.running({ args: scene.programs.cat(), streams: null });
      equal(await task.wait(), 0);
      equal(await task.delete(), 0);
    },
  },
];
