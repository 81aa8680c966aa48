import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { ExecutionContext, TestFn } from "ava";
import { Containerd, defaultConfig } from "./containerd.ts";
import { type ContainerdVersion, versionUnderTest } from "./containerd-version.ts";
import { runscRuntime, runscVersions, toRunscTables } from "./runsc.ts";

/** A runtime other than runc, as the smoke tests run it. */
export interface SmokeLeg {
  /** Stands before every title. */
  readonly name: string;
  /** containerd's name for it. */
  readonly runtime: string;
  /** What goes into the shim's configuration file for it. */
  config(version: ContainerdVersion): string;
  /** The call that finds out that a command is missing. */
  readonly findsMissingAt: "create" | "start";
  /** Where it keeps its state, in a directory for each namespace. */
  readonly stateRoot: string;
  /** What it cannot do: the case asserts that the client is told so. */
  readonly lacks?: readonly Ability[];
}

/** What not every runtime can do. */
export type Ability = "update";

/** The legs; the cases are declared once, in smoke.test.ts. */
const legs: readonly SmokeLeg[] = [
  {
    name: "crun",
    runtime: "io.containerd.dunnage-crun.v1",
    findsMissingAt: "create",
    stateRoot: "/run/containerd/crun",
    // The installed one, 1.8.1, refuses the version that containerd 2 writes into config.json.
    config: (version) =>
      version === "1.6" ? "" : `[runtimes.crun]\nbinary = "${laterProgram("crun/1.21/usr/bin/crun")}"\n`,
  },
  ...runscVersions.map(
    (version): SmokeLeg => ({
      name: `runsc ${version.name}`,
      runtime: runscRuntime,
      findsMissingAt: "start",
      stateRoot: "/run/containerd/runsc",
      config: () => toRunscTables(version),
      lacks: ["update"],
    }),
  ),
];

/** What a case gets: a containerd for the leg's runtime that the cases share. */
export interface SmokeScene {
  readonly containerd: Containerd;
  readonly leg: SmokeLeg;
}

export type SmokeCase = (t: ExecutionContext, scene: SmokeScene) => Promise<void>;

/**
 * Starts a containerd for each leg before the first test and ends them after the last; returns how a case is declared for all
 * legs. Cases of a leg run one after the other.
 */
export function eachLeg(test: TestFn) {
  const daemons = new Map<SmokeLeg, Containerd>();
  test.before(async () => {
    for (const leg of legs) {
      const config = defaultConfig + leg.config(versionUnderTest);
      daemons.set(leg, await Containerd.start({ runtime: leg.runtime, config }));
    }
  });
  test.after.always(async () => {
    const ended = await Promise.allSettled([...daemons.values()].map((daemon) => daemon[Symbol.asyncDispose]()));
    for (const result of ended) if (result.status === "rejected") throw result.reason;
  });
  return (title: string, run: SmokeCase): void => {
    for (const leg of legs) {
      test.serial(`${leg.name} – ${title}`, async (t) => {
        const containerd = daemons.get(leg);
        if (containerd === undefined) return t.fail("containerd did not start");
        await run(t, { containerd, leg });
      });
    }
  };
}

/** Names in the directory where the runtime keeps the state of a namespace's containers. */
export function stateOf({ stateRoot }: SmokeLeg, namespace: string): readonly string[] {
  const dir = join(stateRoot, namespace);
  return existsSync(dir) ? readdirSync(dir) : [];
}

/** Path of a program that scripts/later-versions.sh fetches. */
function laterProgram(name: string): string {
  const path = join(import.meta.dirname, "../../.cache", name);
  if (!existsSync(path)) throw new Error(`${name} is not there: run \`make test-setup\``);
  return path;
}
