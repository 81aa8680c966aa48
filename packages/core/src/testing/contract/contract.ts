import type { Programs } from "../programs.ts";
import type { RuntimeUnderTest } from "../test-daemon.ts";
import { type Ability, abilitiesOf, absences } from "./abilities.ts";
import { checkpointCases } from "./checkpoint.ts";
import { cleanUpCases } from "./clean-up.ts";
import { errorCases } from "./errors.ts";
import { execCases } from "./exec.ts";
import { lifecycleCases } from "./lifecycle.ts";
import { observeCases } from "./observe.ts";
import { pauseCases } from "./pause.ts";
import type { ContractCase } from "./scene.ts";
import { signalCases } from "./signals.ts";
import { stdioCases } from "./stdio.ts";
import { terminalCases } from "./terminal.ts";
import { inTurn } from "./turns.ts";
import { updateCases } from "./update.ts";

/** The function that declares a test: ava's `test`, or `test` of node:test. */
export type DeclareTest = (title: string, run: (t: { readonly pass?: () => unknown }) => Promise<void>) => unknown;

/** A runtime, and how its containers are created. */
export interface ContractOptions extends RuntimeUnderTest {
  /** Appears in the titles: `contract – NAME – exec – …`. */
  readonly name: string;
  /** What the containers run. Default: `shellPrograms`, whose shell is the busybox of the default root file system. */
  readonly programs?: Programs;
  /** Fills the directory of a root file system. Default: `writeBusybox`. */
  readonly rootfs?: (dir: string) => void;
  /** False: the runtime has no terminals and returns Unimplemented if one is requested. Default: true. */
  readonly terminal?: boolean;
  /**
   * False: checkpoints are not available here although the runtime has the methods: its build lacks them, or this
   * machine has no CRIU. The runtime then returns Unimplemented. "exit": a checkpoint always ends its container, and
   * one without exit is Unimplemented. Default: true.
   */
  readonly checkpoint?: boolean | "exit";
}

const allCases: readonly ContractCase[] = [
  ...lifecycleCases,
  ...stdioCases,
  ...signalCases,
  ...execCases,
  ...terminalCases,
  ...pauseCases,
  ...updateCases,
  ...checkpointCases,
  ...observeCases,
  ...errorCases,
  ...cleanUpCases,
];

/**
 * Declares the tests that every runtime has to pass: the life of a container, exec, stdio, terminals, signals, exit
 * codes, pause, checkpoints, stats, orphans, errors, clean-up. Each drives a real daemon over the Task API and checks
 * that nothing is left on the machine.
 *
 * A runtime declares that it cannot do something by omitting the method. The cases that need the method are then
 * replaced by one whose title says `absent`, and which asserts that the client gets Unimplemented. Nothing is skipped.
 *
 * The tests run one after the other, whatever the runner does, since a process has only one SIGCHLD. Tests that leave
 * their container unchanged share one while the runner has more of them waiting.
 *
 * ```ts
 * import { runtimeContract } from "@dunnage/core/testing";
 * import test from "ava";
 * import youki from "../src/index.ts";
 *
 * runtimeContract(test, { name: "youki", runtime: youki });
 * ```
 */
export function runtimeContract(test: DeclareTest, options: ContractOptions): void {
  const abilities = abilitiesOf(options);
  const cases = [...allCases.filter((each) => isWanted(each, options, abilities)), ...absences(abilities)];
  for (const contractCase of cases.toSorted((a, b) => Number(b.isShared ?? false) - Number(a.isShared ?? false))) {
    test(`contract – ${options.name} – ${contractCase.title}`, async (t) => {
      await inTurn(options, contractCase);
      t.pass?.(); // ava counts only its own assertions
    });
  }
}

function isWanted(each: ContractCase, options: ContractOptions, abilities: ReadonlySet<Ability>): boolean {
  const { programs } = options;
  const isAble = [each.ability ?? []].flat().every((ability) => abilities.has(ability));
  return (
    isAble && (programs === undefined || (each.programs ?? []).every((program) => programs[program] !== undefined))
  );
}
