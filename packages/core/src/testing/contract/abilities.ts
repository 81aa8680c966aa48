import { equal, match } from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { Code } from "@dunnage/ttrpc";
import { silentLogger } from "../../log/logger.ts";
import { findExecutable } from "../../reaper/child-environment.ts";
import type { RuntimeDeps } from "../../runtime/define.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import { type Refusal, refusal } from "../containerd/refusal.ts";
import { toSearchPath } from "../test-daemon.ts";
import type { ContractOptions } from "./contract.ts";
import type { ContractCase, Scene } from "./scene.ts";

/** What a runtime may be unable to do. */
export type Ability = "exec" | "pause" | "update" | "terminal" | "checkpoint" | "checkpoint without exit";

/** Calls that use an ability although the runtime lacks it. Each resolves with what the client gets. */
const asked: Readonly<Record<Ability, readonly ((scene: Scene) => Promise<Refusal | undefined>)[]>> = {
  exec: [async (scene) => refusal((await scene.sleeping()).exec("e", scene.programs.sleep()))],
  pause: [async (scene) => refusal(scene.daemon.client.pause({ id: (await scene.sleeping()).id }))],
  update: [
    async (scene) => {
      const { id } = await scene.sleeping();
      return refusal(scene.daemon.client.update({ id, resources: { value: Buffer.from("{}") } }));
    },
  ],
  terminal: [async (scene) => refusal(scene.task({ streams: { terminal: true } }).create())],
  checkpoint: [
    async (scene) => {
      const task = await scene.running();
      return refusal(task.checkpoint(task.bundle.join("image"), { exit: true }));
    },
    async (scene) => {
      const task = scene.task();
      const image = task.bundle.join("image");
      mkdirSync(image);
      // Some runtimes report it only at start.
      return (await refusal(task.createFrom(image))) ?? refusal(task.start());
    },
  ],
  "checkpoint without exit": [
    async (scene) => {
      const task = await scene.sleeping();
      return refusal(task.checkpoint(task.bundle.join("image")));
    },
  ],
};

/** Determines the abilities from the runtime's methods and the options. */
export function abilitiesOf(options: ContractOptions): ReadonlySet<Ability> {
  const { terminal = true, checkpoint = true } = options;
  const runtime = toRuntime(options);
  const hasCheckpoint = checkpoint !== false && runtime.checkpoint !== undefined && runtime.restore !== undefined;
  const has: Readonly<Record<Ability, boolean>> = {
    exec: runtime.exec !== undefined,
    pause: runtime.pause !== undefined,
    update: runtime.update !== undefined,
    terminal,
    checkpoint: hasCheckpoint,
    "checkpoint without exit": hasCheckpoint && checkpoint !== "exit",
  };
  return new Set((Object.keys(has) as Ability[]).filter((ability) => has[ability]));
}

/** Returns one case for each missing ability. */
export function absences(abilities: ReadonlySet<Ability>): readonly ContractCase[] {
  const absent = (Object.keys(asked) as Ability[]).filter((ability) => !abilities.has(ability));
  return absent.map((ability) => ({
    title: `${ability} – absent – the client gets Unimplemented`,
    isShared: ability !== "terminal" && ability !== "checkpoint",
    run: async (scene) => {
      for (const ask of asked[ability]) {
        const answer = await ask(scene);
        equal(answer?.code, Code.Unimplemented);
        match(answer?.message ?? "", /\w/);
      }
    },
  }));
}

/** Returns the runtime itself, which starts nothing before it is called. */
function toRuntime({ runtime, config = {}, path = [] }: ContractOptions): Runtime {
  const checked = runtime.configSchema?.["~standard"].validate(config) ?? { value: config };
  if (checked instanceof Promise) throw new TypeError("a configSchema has to answer at once");
  if (checked.issues !== undefined) throw new TypeError(checked.issues.map(({ message }) => message).join("; "));
  const never = (): never => {
    throw new Error("a runtime starts nothing when it is made");
  };
  const searchPath = toSearchPath(path);
  const deps: RuntimeDeps = {
    commands: { run: never, spawn: never },
    log: silentLogger,
    findExecutable: (name) => findExecutable(name, searchPath),
  };
  return runtime(deps, checked.value);
}
