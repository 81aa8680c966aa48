import { deepEqual, equal, match, ok } from "node:assert/strict";
import { constants } from "node:os";
import { Code } from "@dunnage/ttrpc";
import { refusal } from "../containerd/refusal.ts";
import { until } from "../until.ts";
import type { ContractCase } from "./scene.ts";

const { SIGKILL, SIGTERM } = constants.signals;
const ability = "exec";

/** Further processes in a running container. */
export const execCases: readonly ContractCase[] = [
  {
    title: "exec – output and exit status – its own, init continues",
    isShared: true,
    ability,
    run: async (scene) => {
      const task = await scene.sleeping();
      const exec = await task.exec("output", scene.programs.print({ out: "out", err: "err", exitStatus: 42 }));
      await exec.start();
      equal(await exec.wait(), 42);
      equal(await exec.delete(), 42);
      await exec.streams.ended();
      deepEqual([exec.streams.out, exec.streams.err], ["out", "err"]);
      equal(await task.status(), "running");
    },
  },
  {
    title: "exec – stdin – goes through, its end is seen",
    isShared: true,
    ability,
    programs: ["cat"],
    run: async (scene) => {
      const task = await scene.sleeping();
      const exec = await task.exec("stdin", scene.programs.cat(), { stdin: true });
      await exec.start();
      await exec.streams.write("a line\n");
      await exec.streams.shows("a line\n");
      await exec.closeStdin();
      equal(await exec.wait(), 0);
    },
  },
  {
    title: "exec – several at once – each with its own output and exit status",
    isShared: true,
    ability,
    run: async (scene) => {
      const task = await scene.sleeping();
      const statuses = [1, 2, 3, 4];
      const runs = statuses.map(async (exitStatus) => {
        const print = scene.programs.print({ out: `${exitStatus}`, err: "", exitStatus });
        const exec = await task.exec(`e${exitStatus}`, print);
        await exec.start();
        const status = await exec.wait();
        await exec.delete();
        await exec.streams.ended();
        return [status, exec.streams.out];
      });
      deepEqual(
        await Promise.all(runs),
        statuses.map((status) => [status, `${status}`]),
      );
    },
  },
  {
    title: "exec – KILL – ends it with 137, init continues",
    isShared: true,
    ability,
    run: async (scene) => {
      const task = await scene.sleeping();
      const exec = await task.exec("kill", scene.programs.sleep());
      await exec.start();
      await exec.kill(SIGKILL);
      equal(await exec.wait(), 137);
      equal((await refusal(exec.kill(SIGKILL)))?.code, Code.NotFound);
      equal(await task.status(), "running");
    },
  },
  {
    title: "exec – TERM – reaches the program's handler",
    isShared: true,
    ability,
    programs: ["trap"],
    run: async (scene) => {
      const task = await scene.sleeping();
      const exec = await task.exec("term", scene.programs.trap());
      await exec.start();
      await exec.streams.shows("ready");
      await exec.kill(SIGTERM);
      equal(await exec.wait(), 3);
    },
  },
  {
    title: "exec – a missing program – refused by its name, init continues",
    isShared: true,
    ability,
    programs: ["missing"],
    run: async (scene) => {
      const task = await scene.sleeping();
      const args = scene.programs.missing();
      const exec = await task.exec("missing", args);
      const answer = await refusal(exec.start());
      match(answer?.message ?? "", new RegExp(args[0] ?? ""));
      equal(await task.status(), "running");
      await exec.delete();
    },
  },
  {
    title: "exec – running when init ends – ends with it, and is reported first",
    ability,
    run: async (scene) => {
      const task = await scene.running();
      const exec = await task.exec("e", scene.programs.sleep());
      await exec.start();
      await task.kill(SIGKILL);
      equal(await exec.wait(), 137);
      equal(await task.wait(), 137);
      const exits = () => scene.daemon.events.of(task.id).filter(({ topic }) => topic === "/tasks/exit");
      await until(() => exits().length === 2, "both exit events");
      deepEqual(
        exits().map(({ id }) => id),
        ["e", task.id],
      );
    },
  },
  {
    title: "exec – in a stopped container – refused",
    ability,
    run: async (scene) => {
      const task = await scene.running();
      await task.end();
      ok(await refusal(task.exec("e", scene.programs.sleep())));
    },
  },
  {
    title: "orphan – of an exec – does not keep the exec from its end, and ends with the container",
    ability,
    programs: ["leave"],
    run: async (scene) => {
      const task = await scene.running();
      const exec = await task.exec("e", scene.programs.leave());
      await exec.start();
      equal(await exec.wait(), 0);
      equal(await task.end(), 137);
      await exec.delete();
      await task.delete();
      await exec.streams.ended();
      await task.gone();
    },
  },
];
