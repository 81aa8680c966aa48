import { equal, match, ok } from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { refusal } from "../containerd/refusal.ts";
import type { ContractCase } from "./scene.ts";

/** What cannot be run. */
export const errorCases: readonly ContractCase[] = [
  {
    title: "error – a missing program – refused by its name, nothing is left",
    programs: ["missing"],
    run: async (scene) => {
      const args = scene.programs.missing();
      const task = scene.task({ args });
      // Some runtimes report it only at start.
      const answer = (await refusal(task.create())) ?? (await refusal(task.start()));
      match(answer?.message ?? "", new RegExp(args[0] ?? ""));
      await task.remove();
      equal(scene.daemon.size, 0);
    },
  },
  {
    title: "error – a process without arguments – refused, nothing is left",
    run: async (scene) => {
      const task = scene.task({ args: [] });
      ok((await refusal(task.create())) ?? (await refusal(task.start())));
      await task.remove();
    },
  },
  {
    title: "error – no config.json – refused, nothing is left",
    run: async (scene) => {
      const task = scene.task();
      rmSync(join(task.bundle.path, "config.json"));
      match((await refusal(task.create()))?.message ?? "", /config\.json/);
      await task.remove();
    },
  },
];
