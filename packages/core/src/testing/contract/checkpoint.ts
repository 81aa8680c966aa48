import { deepEqual, equal, ok } from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { refusal } from "../containerd/refusal.ts";
import type { TestTask } from "../test-task.ts";
import { until } from "../until.ts";
import { topics } from "./lifecycle.ts";
import { readUsage } from "./observe.ts";
import type { ContractCase, Scene } from "./scene.ts";

const { SIGTERM } = constants.signals;
const ability = "checkpoint";
const programs = ["count"] as const;

/** Checkpoint, and Create with the image of one. */
export const checkpointCases: readonly ContractCase[] = [
  {
    title: "checkpoint – without exit – an image is there, the program continues",
    ability: "checkpoint without exit",
    programs,
    run: async (scene) => {
      const task = await counting(scene);
      await task.checkpoint(imageOf(task));
      ok(readdirSync(imageOf(task)).length > 0);
      equal(await task.status(), "running");
      await goesOn(task);
      requireNoGap(numbersOf(task));
      equal(await task.end(), 137);
      equal(await task.delete(), 137);
    },
  },
  {
    title: "checkpoint – of a paused container – it stays paused, then continues",
    ability: ["checkpoint without exit", "pause"],
    programs,
    run: async (scene) => {
      const task = await counting(scene);
      await scene.daemon.client.pause({ id: task.id });
      await task.checkpoint(imageOf(task));
      equal(await task.status(), "paused");
      await scene.daemon.client.resume({ id: task.id });
      await goesOn(task);
      requireNoGap(numbersOf(task));
    },
  },
  {
    title: "checkpoint – with exit – an image is there, the end of the container is reported after it",
    ability,
    programs,
    run: async (scene) => {
      const task = await counting(scene);
      await checkpointAndDelete(task);
      ok(readdirSync(imageOf(task)).length > 0);
      await task.gone();
      await until(() => topics(scene, task.id).includes("/tasks/delete"), "all events");
      deepEqual(topics(scene, task.id).slice(-3), ["/tasks/checkpointed", "/tasks/exit", "/tasks/delete"]);
    },
  },
  {
    title: "checkpoint – of what does not run – refused, nothing is written",
    ability,
    run: async (scene) => {
      const task = scene.task();
      const checkpoint = () => refusal(task.checkpoint(imageOf(task), { exit: true }));
      ok(await checkpoint(), "unknown");
      await task.create();
      ok(await checkpoint(), "created");
      await task.start();
      await task.end();
      ok(await checkpoint(), "stopped");
      await task.delete();
      ok(await checkpoint(), "deleted");
      ok(!existsSync(imageOf(task)));
    },
  },
  {
    title: "checkpoint – to where no directory can be – refused, the program continues",
    ability,
    programs,
    run: async (scene) => {
      const task = await counting(scene);
      writeFileSync(imageOf(task), "");
      const answer = await refusal(task.checkpoint(imageOf(task), { exit: true }));
      ok(answer?.message.includes(imageOf(task)), answer?.message ?? "not refused");
      equal(await task.status(), "running");
      await goesOn(task);
    },
  },
  {
    title: "restore – more than once – the program continues where it was, its exit status arrives",
    ability,
    programs,
    run: async (scene) => {
      const task = await counting(scene);
      const { length: seen } = numbersOf(task);
      await checkpointAndDelete(task);
      for (let round = 0; round < 2; round += 1) {
        await restore(task);
        equal(await task.status(), "running");
        await goesOn(task);
        await task.kill(SIGTERM);
        equal(await task.wait(), 3);
        equal(await task.delete(), 3);
        await task.gone();
      }
      await task.streams?.ended();
      const numbers = numbersOf(task);
      const secondFrom = numbers.findIndex((number, index) => number !== index);
      requireNoGap(numbers.slice(0, secondFrom));
      requireNoGap(numbers.slice(secondFrom));
      const again = numbers[secondFrom] ?? 0;
      ok(again >= seen && again < secondFrom, `from ${again} on, of ${seen} to ${secondFrom}`);
    },
  },
  {
    title: "restore – what is restored – is seen, and runs execs, as any other",
    ability: [ability, "exec"],
    programs,
    run: async (scene) => {
      const task = await counting(scene);
      await checkpointAndDelete(task);
      await restore(task);
      ok(((await readUsage(scene, task.id)).pids ?? 0) > 0);
      const exec = await task.exec("e", scene.programs.print({ out: "out", err: "", exitStatus: 42 }));
      await exec.start();
      equal(await exec.wait(), 42);
      await exec.delete();
      await exec.streams.shows("out");
      equal(await task.end(), 137);
      equal(await task.delete(), 137);
      await task.gone();
    },
  },
  {
    title: "restore – clean-up by one who knows the bundle alone – ends it, nothing is left",
    ability,
    programs,
    run: async (scene) => {
      const task = await counting(scene);
      await checkpointAndDelete(task);
      await restore(task);
      await scene.daemon.cleanUp(task.bundle.container);
      equal(await task.wait(), 137);
      await task.gone();
    },
  },
  {
    title: "restore – Delete in the place of Start – nothing runs, nothing is left",
    ability,
    programs,
    run: async (scene) => {
      const task = await counting(scene);
      await checkpointAndDelete(task);
      await task.createFrom(imageOf(task));
      equal(await task.status(), "created");
      await task.delete();
      await task.gone();
      await task.streams?.ended();
      requireNoGap(numbersOf(task));
    },
  },
  ...(["a missing directory", "a directory without an image"] as const).map(
    (what): ContractCase => ({
      title: `restore – from ${what} – refused, nothing is left`,
      ability,
      run: async (scene) => {
        const task = scene.task();
        if (what === "a directory without an image") mkdirSync(imageOf(task));
        // Some runtimes report it only at start.
        const answer = (await refusal(task.createFrom(imageOf(task)))) ?? (await refusal(task.start()));
        ok(answer);
        await task.remove();
        equal(scene.daemon.size, 0);
      },
    }),
  ),
];

/** Next to the bundle, so that it outlives the task. */
const imageOf = (task: TestTask): string => task.bundle.join("image");

async function counting(scene: Scene): Promise<TestTask> {
  const task = await scene.running({ args: scene.programs.count() });
  await task.streams?.shows("1\n");
  return task;
}

/** The exit status is 128 + SIGKILL, or whatever the runtime reports. */
async function checkpointAndDelete(task: TestTask): Promise<void> {
  await task.checkpoint(imageOf(task), { exit: true });
  const exitStatus = await task.wait();
  equal(await task.status(), "stopped");
  equal(await task.delete(), exitStatus);
}

async function restore(task: TestTask): Promise<void> {
  await task.createFrom(imageOf(task));
  await task.start();
}

const numbersOf = (task: TestTask): readonly number[] => (task.streams?.out ?? "").split("\n").slice(0, -1).map(Number);

async function goesOn(task: TestTask): Promise<void> {
  const { length } = numbersOf(task);
  await until(() => numbersOf(task).length > length, "the program counts on");
}

function requireNoGap(numbers: readonly number[]): void {
  const from = numbers[0] ?? 0;
  deepEqual(
    numbers,
    numbers.map((_, index) => from + index),
  );
}
