import { equal, match } from "node:assert/strict";
import { Code } from "@dunnage/ttrpc";
import { silentLogger } from "../../log/logger.ts";
import { findExecutable } from "../../reaper/child-environment.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import { type Refusal, refusal } from "../containerd/refusal.ts";
import type { ContractOptions } from "./contract.ts";
import type { ContractCase, Scene } from "./scene.ts";

/** What a runtime may be unable to do. */
export type Ability = "exec" | "pause" | "update" | "terminal";

/** What the client is told that asks for it all the same. */
const asked: Readonly<Record<Ability, (scene: Scene) => Promise<Refusal | undefined>>> = {
  exec: async (scene) => refusal((await scene.running()).exec("e", scene.programs.sleep())),
  pause: async (scene) => refusal(scene.daemon.client.pause({ id: (await scene.running()).id })),
  update: async (scene) => {
    const { id } = await scene.running();
    return refusal(scene.daemon.client.update({ id, resources: { value: Buffer.from("{}") } }));
  },
  terminal: async (scene) => refusal(scene.task({ streams: { terminal: true } }).create()),
};

/** Reads off the runtime what it can do. */
export function abilitiesOf(options: ContractOptions): ReadonlySet<Ability> {
  const { terminal = true } = options;
  const runtime = toRuntime(options);
  const methods = (["exec", "pause", "update"] as const).filter((name) => runtime[name] !== undefined);
  return new Set<Ability>([...methods, ...(terminal ? (["terminal"] as const) : [])]);
}

/** One case for each ability that is not there. */
export function absences(abilities: ReadonlySet<Ability>): readonly ContractCase[] {
  const absent = (Object.keys(asked) as Ability[]).filter((ability) => !abilities.has(ability));
  return absent.map((ability) => ({
    title: `${ability} – absent – the client is told Unimplemented`,
    run: async (scene) => {
      const answer = await asked[ability](scene);
      equal(answer?.code, Code.Unimplemented);
      match(answer?.message ?? "", /\w/);
    },
  }));
}

/** The runtime itself, which starts nothing before it is called. */
function toRuntime({ runtime, config = {} }: ContractOptions): Runtime {
  const checked = runtime.configSchema?.["~standard"].validate(config) ?? { value: config };
  if (checked instanceof Promise) throw new TypeError("a configSchema has to answer at once");
  if (checked.issues !== undefined) throw new TypeError(checked.issues.map(({ message }) => message).join("; "));
  const never = (): never => {
    throw new Error("a runtime starts nothing when it is made");
  };
  return runtime(
    { commands: { run: never, spawn: never }, log: silentLogger, findExecutable: (name) => findExecutable(name) },
    checked.value,
  );
}
