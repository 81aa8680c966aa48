import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import test from "ava";
import { openLibc } from "../../../src/native/open-libc.ts";
import type { CommandRunner } from "../../../src/reaper/command.ts";
import { defaultOptions } from "../../../src/runtime/options.ts";
import type { Runtime } from "../../../src/runtime/runtime.ts";
import { owedStages, readJournal, writeJournal } from "../../../src/task/container/journal.ts";
import { type CleanUpDeps, cleanUp } from "../../../src/task/ending/clean-up.ts";
import { HandClock } from "../../_support/hand-clock.ts";
import { fakeHooks } from "../../_support/hooks.ts";
import { MountPoint } from "../../_support/mount-point.ts";
import { RecordingLog } from "../../_support/recording-log.ts";

const limitMs = 900;
/** Never ends, and ignores the abort signal. */
const hang = () => new Promise<never>(() => {});
type Work = (signal: AbortSignal) => Promise<unknown>;

/**
 * Opens a dead daemon's container with a mount on its rootfs. `turns` records each step when it begins, and the hooks
 * that run.
 */
async function openScene(hanging: Partial<Record<"runtime" | "umount" | "hooks", Work>> = {}) {
  const place = new MountPoint();
  const bundle = place.directory("c1");
  writeFileSync(place.join("c1", "config.json"), "{}");
  mkdirSync(place.join("c1", "rootfs"));
  execFileSync("mount", ["-t", "tmpfs", "tmpfs", place.join("c1", "rootfs")]);
  const daemon = { pid: 1, directory: "/run/dunnage/d/1.1" };
  writeJournal(bundle, { version: 1, id: "c1", namespace: "n", runtime: "runc", options: defaultOptions, daemon });
  const turns: string[] = [];
  const take = async (name: string, work: Work | undefined, signal: AbortSignal): Promise<void> => {
    turns.push(name);
    await work?.(signal);
  };
  const umount = async (signal: AbortSignal) => {
    await take("umount", hanging.umount, signal);
    execFileSync("umount", [place.join("c1", "rootfs")]);
    return { exitStatus: 0, stdout: "", stderr: "" };
  };
  const clock = new HandClock();
  const log = new RecordingLog();
  const deps: CleanUpDeps = {
    commands: { run: (_command, signal) => umount(signal) } satisfies Pick<CommandRunner, "run">,
    log,
    runtimeOf: async () =>
      ({ delete: (_ref, _options, signal) => take("runtime", hanging.runtime, signal) }) as Partial<Runtime> as Runtime,
    hooks: async () =>
      fakeHooks({ has: () => true, run: (stage, _subject, { signal }) => take(stage, hanging.hooks, signal) }),
    libc: await openLibc(),
    clock,
  };
  const run = () => clock.passUntil(cleanUp(deps, { id: "c1", namespace: "n", bundle, runtime: "runc", limitMs }));
  return { run, turns, clock, bundle, log, [Symbol.dispose]: () => place[Symbol.dispose]() };
}

test("cleanUp – nothing hangs – the runtime's delete, the unmounts, then the hooks, and no time is lost", async (t) => {
  using scene = await openScene();
  t.is((await scene.run()).exitStatus, 137);
  t.deepEqual(scene.turns, ["runtime", "umount", ...owedStages]);
  t.is(scene.clock.now(), 0);
});

test("cleanUp – the runtime and umount(8) hang – each is tried, all hooks run, the exit is answered in time", async (t) => {
  using scene = await openScene({ runtime: hang, umount: hang });
  t.is((await scene.run()).exitStatus, 137);
  t.deepEqual(scene.turns, ["runtime", "umount", ...owedStages]);
  t.is(scene.clock.now(), limitMs);
  t.deepEqual(
    owedStages.map((stage) => readJournal(scene.bundle)?.hooks?.[stage]?.done),
    [true, true, true, true],
  );
});

test("cleanUp – the runtime's delete is cut off – it is called again when everything else is done", async (t) => {
  let calls = 0;
  const slow = () => (calls++ === 0 ? hang() : Promise.resolve());
  using scene = await openScene({ runtime: slow });
  t.is((await scene.run()).exitStatus, 137);
  t.deepEqual(scene.turns, ["runtime", "umount", ...owedStages, "runtime"]);
  t.true(scene.clock.now() < limitMs);
});

test("cleanUp – everything hangs – hooks have a third of the time, and what did not end is left to the next", async (t) => {
  const begun: number[] = [];
  const hook = (): Promise<never> => {
    begun.push(scene.clock.now());
    return hang();
  };
  using scene = await openScene({ runtime: hang, umount: hang, hooks: hook });
  t.is((await scene.run()).exitStatus, 137);
  t.deepEqual(scene.turns, ["runtime", "umount", "exit"]);
  t.true(begun.length === 1 && begun.every((at) => at <= (limitMs * 2) / 3));
  t.is(scene.clock.now(), limitMs);
  t.is(readJournal(scene.bundle)?.hooks?.exit?.done, false);
  t.deepEqual(
    scene.log.lines.map(({ fields }) => fields["step"]),
    ["runtime", "mounts", "hooks"],
  );
});
