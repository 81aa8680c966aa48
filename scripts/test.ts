/**
 * Runs the tests of every package, then those of test/ on every containerd and in the VM, and ends with the line
 * `N passed, N failed, N skipped`. Arguments: test files, all when there are none; `--on PLATFORM`, any number of times, for
 * the end-to-end tests on that alone (any, 1.6, 1.7, 2.1, cgroup-v2); `--note TEXT` is repeated above the count. A full run
 * in which nothing fails writes docs/compatibility.md, or compares with it when `CI` is set.
 */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { AvaResult } from "./suite/ava-output.ts";
import { updateCompatibility } from "./suite/compatibility-file.ts";
import { type Leg, type Platform, platforms, toLegs } from "./suite/legs.ts";
import { runLeg } from "./suite/run-leg.ts";
import { merge, toSecondAttempt } from "./suite/second-attempt.ts";

const root = resolve(import.meta.dirname, "..");

/** Titles that no pattern of test/skips.json (pattern → reason) explains, with all that stands before them or without it. */
function unexplained(skipped: readonly string[]): string[] {
  const reasons: Record<string, string> = JSON.parse(readFileSync(join(root, "test/skips.json"), "utf8"));
  const patterns = Object.keys(reasons).map((pattern) => new RegExp(pattern));
  const isExplained = (title: string) => patterns.some((pattern) => pattern.test(title));
  return skipped.filter((title) => !isExplained(title) && !isExplained(title.split(" › ").at(-1) ?? ""));
}

function toPlatform(name: string): Platform {
  const known = Object.keys(platforms) as Platform[];
  const platform = known.find((each) => each === name);
  if (platform === undefined) throw new Error(`tests run on ${known.join(", ")}, not on ${name}`);
  return platform;
}

/**
 * Runs a leg, and once more the files in which something has failed: real programs on a loaded machine, several thousand times.
 * What passes only then is named at the end, so that nobody takes it for steady.
 */
async function runTwice(leg: Leg, unsteady: string[]): Promise<AvaResult> {
  const first = await runLeg(leg);
  const again = toSecondAttempt(leg, first);
  if (again === undefined) return first;
  console.log(`\n== ${leg.name}: ${again.files.length} test file(s), second attempt`);
  const both = merge(leg, first, again.files, await runLeg(again));
  unsteady.push(...both.unsteady);
  return both;
}

async function main(): Promise<number> {
  const options = { note: { type: "string" }, on: { type: "string", multiple: true } } as const;
  const { values, positionals: files } = parseArgs({ allowPositionals: true, options });
  const one = files.length > 0 ? process.env["DUNNAGE_TEST_CONTAINERD"] : undefined;
  const legs = toLegs({ files, on: (values.on ?? (one ? [one] : [])).map(toPlatform) });
  const results = new Map<string, AvaResult>();
  const unsteady: string[] = [];
  const total: AvaResult = { passed: [], failed: [], skipped: [] };
  const found = new Set(legs.flatMap((leg) => leg.files.map((file) => join(leg.isInVm ? "." : leg.dir, file))));
  if (found.size < Math.max(files.length, 1)) total.failed.push("no such test file, or none at all");
  for (const leg of legs) {
    console.log(`\n== ${leg.name}: ${leg.files.length} test file(s)`);
    const result = await runTwice(leg, unsteady);
    results.set(leg.name, result);
    for (const kind of ["passed", "failed", "skipped"] as const) total[kind].push(...result[kind]);
  }
  for (const title of unexplained(total.skipped))
    total.failed.push(`skipped without a reason in test/skips.json: ${title}`);
  const isFull = files.length === 0 && values.on === undefined && !process.env["DUNNAGE_TEST_RUNTIME"];
  const notes = isFull && total.failed.length === 0 ? updateCompatibility(results) : [];
  if (!process.env["CI"]) total.failed.push(...notes);
  console.log("");
  for (const title of unsteady) console.log(`passed at the second attempt: ${title}`);
  for (const title of total.failed) console.log(`failed: ${title}`);
  for (const note of process.env["CI"] ? notes : []) console.log(note);
  if (values.note !== undefined) console.log(values.note);
  console.log(`${total.passed.length} passed, ${total.failed.length} failed, ${total.skipped.length} skipped`);
  return total.failed.length === 0 ? 0 : 1;
}

process.exitCode = await main();
