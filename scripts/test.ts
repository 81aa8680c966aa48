/**
 * Runs the tests of every package, then those of test/, several files at a time. The last line is `N passed, N failed,
 * N skipped`. A file with a failure runs once more, alone.
 *
 * Arguments: test files (default: all); `--matrix`: every containerd and the VM, in addition to the newest containerd;
 * `--on PLATFORM`, any number of times: only the end-to-end tests, only on that platform (any, 1.6, 1.7, 2.1,
 * cgroup-v2); `--jobs N`: N files at a time (default: one for each processor, and more while processors are idle);
 * `--attempts 1`: no second attempt; `--note TEXT`: a text to print above the
 * count.
 *
 * A complete matrix without failures writes docs/compatibility.md, or compares with it if `CI` is set.
 */
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { AvaResult } from "./suite/ava-output.ts";
import { updateCompatibility } from "./suite/compatibility-file.ts";
import { IdleProcessors } from "./suite/idle-processors.ts";
import { type Leg, type Platform, platforms, toLegs, toUnits } from "./suite/legs.ts";
import { MachineLeaks } from "./suite/machine-leaks.ts";
import { formatSlowest, runUnits, type UnitResult } from "./suite/run-units.ts";
import type { Places } from "./suite/side-by-side.ts";

const root = resolve(import.meta.dirname, "..");
/** If more files than this need a second attempt, the run fails: second attempts would hide races. */
const maxUnsteadyFiles = 3;

interface Arguments {
  readonly files: readonly string[];
  readonly on: readonly Platform[];
  readonly isMatrix: boolean;
  readonly places: Places;
  readonly attempts: number;
  readonly note: string | undefined;
}

function readArguments(): Arguments {
  const { values, positionals: files } = parseArgs({
    allowPositionals: true,
    options: {
      matrix: { type: "boolean", default: false },
      on: { type: "string", multiple: true },
      jobs: { type: "string" },
      attempts: { type: "string", default: "2" },
      note: { type: "string" },
    },
  });
  const one = files.length > 0 ? process.env["DUNNAGE_TEST_CONTAINERD"] : undefined;
  return {
    files,
    on: (values.on ?? (one ? [one] : [])).map(toPlatform),
    isMatrix: values.matrix,
    places: toPlaces(values.jobs),
    attempts: Number.parseInt(values.attempts, 10),
    note: values.note,
  };
}

/**
 * A test file keeps one processor busy, or waits. Files that compete for processors only delay each other, so more than
 * one for each processor start only while processors are idle.
 */
function toPlaces(jobs: string | undefined): Places {
  if (jobs !== undefined) return { limit: Math.max(1, Number.parseInt(jobs, 10) || 1) };
  const idle = new IdleProcessors();
  return { limit: Math.max(2, availableParallelism()), isIdle: () => idle.isIdle() };
}

function toPlatform(name: string): Platform {
  const known = Object.keys(platforms) as Platform[];
  const platform = known.find((each) => each === name);
  if (platform === undefined) throw new Error(`tests run on ${known.join(", ")}, not on ${name}`);
  return platform;
}

/**
 * Returns the titles that no pattern of test/skips.json (pattern → reason) explains, with or without their prefixes.
 */
function unexplained(skipped: readonly string[]): string[] {
  const reasons: Record<string, string> = JSON.parse(readFileSync(join(root, "test/skips.json"), "utf8"));
  const patterns = Object.keys(reasons).map((pattern) => new RegExp(pattern));
  const isExplained = (title: string) => patterns.some((pattern) => pattern.test(title));
  return skipped.filter((title) => !isExplained(title) && !isExplained(title.split(" › ").at(-1) ?? ""));
}

/** Returns the results by name of leg. */
function toResults(units: readonly UnitResult[]): ReadonlyMap<string, AvaResult> {
  const results = new Map<string, AvaResult>();
  for (const { leg, passed, failed, skipped } of units) {
    const result = results.get(leg.name) ?? { passed: [], failed: [], skipped: [] };
    result.passed.push(...passed);
    result.failed.push(...failed);
    result.skipped.push(...skipped);
    results.set(leg.name, result);
  }
  return results;
}

async function runLegs(legs: readonly Leg[], { places, attempts }: Arguments) {
  using leaks = process.env["CI"] ? MachineLeaks.begin() : undefined;
  const units = await runUnits(toUnits(legs), { places, attempts });
  // Printed, not counted as failures: some are from packages' tests, whose processes carry no mark. The check of each
  // end-to-end file counts.
  for (const leak of leaks?.compare() ?? []) console.log(`left behind by some test: ${leak}`);
  return units;
}

async function main(): Promise<number> {
  const given = readArguments();
  const legs = toLegs(given);
  const failed: string[] = [];
  const found = new Set(legs.flatMap((leg) => leg.files.map((file) => join(leg.isInVm ? "." : leg.dir, file))));
  if (found.size < Math.max(given.files.length, 1)) failed.push("no such test file, or none at all");
  const units = await runLegs(legs, given);
  const [passed, skipped] = [units.flatMap((unit) => unit.passed), units.flatMap((unit) => unit.skipped)];
  failed.unshift(...units.flatMap((unit) => unit.failed));
  failed.push(...unexplained(skipped).map((title) => `skipped without a reason in test/skips.json: ${title}`));
  const unsteady = units.filter((unit) => unit.unsteady.length > 0);
  if (unsteady.length > maxUnsteadyFiles) failed.push(`${unsteady.length} files needed a second attempt`);
  const isWhole = given.isMatrix && given.files.length === 0 && given.on.length === 0;
  const isComparable = isWhole && failed.length === 0 && !process.env["DUNNAGE_TEST_RUNTIME"];
  const notes = isComparable ? updateCompatibility(toResults(units)) : [];
  if (!process.env["CI"]) failed.push(...notes);
  console.log(`\n${formatSlowest(units)}`);
  for (const title of unsteady.flatMap((unit) => unit.unsteady)) console.log(`passed at the second attempt: ${title}`);
  for (const title of failed) console.log(`failed: ${title}`);
  for (const note of process.env["CI"] ? notes : []) console.log(note);
  if (given.note !== undefined) console.log(given.note);
  console.log(`${passed.length} passed, ${failed.length} failed, ${skipped.length} skipped`);
  return failed.length === 0 ? 0 : 1;
}

process.exitCode = await main();
