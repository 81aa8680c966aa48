import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { ExecutionContext, TestFn } from "ava";
import { Containerd, defaultConfig } from "./containerd.ts";
import { type ContainerdVersion, versionUnderTest } from "./containerd-version.ts";
import { runscRuntime, runscVersions, toRunscTables } from "./runsc.ts";

/** A runtime other than runc, as the smoke tests run it. */
export interface SmokeLeg {
  /** Prefix of every title. */
  readonly name: string;
  /** containerd's name for it. */
  readonly runtime: string;
  /** Returns the part of the shim's configuration file for this runtime. */
  config(version: ContainerdVersion): string;
  /** The call that detects a missing command. */
  readonly findsMissingAt: "create" | "start";
  /** Directory of its state, with one subdirectory per namespace. */
  readonly stateRoot: string;
  /** Abilities that it lacks: the case asserts that the client gets an error. */
  readonly lacks?: readonly Ability[];
}

/** Abilities that not every runtime has. */
export type Ability = "update";

/** The legs. The cases are declared once, in smoke.test.ts. */
const legs: readonly SmokeLeg[] = [
  {
    name: "crun",
    runtime: "io.containerd.dunnage-crun.v1",
    findsMissingAt: "create",
    stateRoot: "/run/containerd/crun",
    // The installed crun, 1.8.1, refuses the version that containerd 2 writes into config.json.
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

/** What a case gets: the containerd of the leg's runtime, which the cases share. */
export interface SmokeScene {
  readonly containerd: Containerd;
  readonly leg: SmokeLeg;
}

export type SmokeCase = (t: ExecutionContext, scene: SmokeScene) => Promise<void>;

/**
 * Starts a containerd for each leg before the first test and stops them after the last. Returns a function that
 * declares a case for all legs. The cases of a leg run sequentially.
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

/** Returns the names in the directory where the runtime keeps the state of a namespace's containers. */
export function stateOf({ stateRoot }: SmokeLeg, namespace: string): readonly string[] {
  const dir = join(stateRoot, namespace);
  return existsSync(dir) ? readdirSync(dir) : [];
}

/** Returns the path of a program that scripts/later-versions.sh fetches. */
function laterProgram(name: string): string {
  const path = join(import.meta.dirname, "../../.cache", name);
  if (!existsSync(path)) throw new Error(`${name} is missing: run \`make test-setup\``);
  return path;
}
