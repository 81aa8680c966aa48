import { deepEqual, equal, ok } from "node:assert/strict";
import { Code } from "@dunnage/ttrpc";
import { refusal } from "../containerd/refusal.ts";
import { until } from "../until.ts";
import type { ContractCase, Scene } from "./scene.ts";

/** From Create to Delete, and what the client sees in between. */
export const lifecycleCases: readonly ContractCase[] = [
  {
    title: "lifecycle – create, start, exit, delete – states and events in their order",
    run: async (scene) => {
      const task = scene.task({ args: scene.programs.print({ out: "out", err: "err", exitStatus: 3 }) });
      ok((await task.create()) > 0);
      equal(await task.status(), "created");
      await task.start();
      equal(await task.wait(), 3);
      equal(await task.status(), "stopped");
      equal(await task.delete(), 3);
      await task.streams?.ended();
      deepEqual([task.streams?.out, task.streams?.err], ["out", "err"]);
      await task.gone();
      const names = ["create", "start", "exit", "delete"];
      await until(() => topics(scene, task.id).length === names.length, "all events");
      deepEqual(
        topics(scene, task.id),
        names.map((name) => `/tasks/${name}`),
      );
    },
  },
  {
    title: "lifecycle – create – the program does not run before start",
    run: async (scene) => {
      const task = scene.task({ args: scene.programs.print({ out: "out", err: "", exitStatus: 0 }) });
      await task.create();
      equal((await refusal(task.delete()))?.code, undefined, "a created container can be deleted");
      await task.streams?.ended();
      equal(task.streams?.out, "");
      await task.gone();
    },
  },
  {
    title: "lifecycle – running – Delete is refused, the container continues",
    isShared: true,
    run: async (scene) => {
      const task = await scene.sleeping();
      ok(await refusal(task.delete()));
      equal(await task.status(), "running");
    },
  },
  {
    title: "lifecycle – start twice – the second is refused, the container continues",
    isShared: true,
    run: async (scene) => {
      const task = await scene.sleeping();
      ok(await refusal(task.start()));
      equal(await task.status(), "running");
    },
  },
  {
    title: "lifecycle – the same id again after delete – a new container",
    run: async (scene) => {
      const task = scene.task({ args: scene.programs.print({ out: "o", err: "", exitStatus: 4 }) });
      for (let round = 0; round < 3; round += 1) {
        await task.run();
        equal(await task.wait(), 4);
        await task.delete();
      }
      await task.streams?.ended();
      equal(task.streams?.out, "ooo");
    },
  },
  {
    title: "lifecycle – the same id while it runs – AlreadyExists, the first continues",
    isShared: true,
    run: async (scene) => {
      const task = await scene.sleeping();
      equal((await refusal(task.create()))?.code, Code.AlreadyExists);
      equal(await task.status(), "running");
    },
  },
  {
    title: "lifecycle – several at once – each with its own output and exit status",
    run: async (scene) => {
      const statuses = [1, 2, 3, 4];
      const runs = statuses.map(async (exitStatus) => {
        const task = scene.task({ args: scene.programs.print({ out: `${exitStatus}`, err: "", exitStatus }) });
        await task.run();
        const status = await task.wait();
        await task.delete();
        await task.streams?.ended();
        return [status, task.streams?.out];
      });
      deepEqual(
        await Promise.all(runs),
        statuses.map((status) => [status, `${status}`]),
      );
    },
  },
  ...[0, 1, 127, 255].map(
    (exitStatus): ContractCase => ({
      title: `exit code – ${exitStatus} – as the program gave it, in Wait, Delete and the event`,
      run: async (scene) => {
        const task = await scene.running({ args: scene.programs.print({ out: "", err: "", exitStatus }) });
        equal(await task.wait(), exitStatus);
        equal(await task.delete(), exitStatus);
        await until(() => topics(scene, task.id).includes("/tasks/exit"), "the exit event");
        const exit = scene.daemon.events.of(task.id).find(({ topic }) => topic === "/tasks/exit");
        equal(exit?.exitStatus, exitStatus);
      },
    }),
  ),
];

/** The events of a container so far. */
export const topics = (scene: Scene, id: string): readonly string[] =>
  scene.daemon.events.of(id).map(({ topic }) => topic);
